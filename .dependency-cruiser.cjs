/**
 * The import boundaries of docs/ARCHITECTURE.md. A stage of the trainer may import the stages before it in this list,
 * never those after it; tests may reach for what they need.
 */
const stages = [
  'engine',
  'detector',
  'images',
  'annotations',
  'dataset',
  'preprocessing',
  'practice',
  'lrFinder',
  'batchSize',
  'training',
  'evaluation',
  'export',
];

/** What every stage may use: random numbers, the project's files, cancelling. Not what puts the stages together. */
const besideTheStages = '^electron/trainer/(?!pipeline|server|main|probeMain)[^/]+[.]ts$';

const notATest = '[.]test[.]tsx?$';

/** Files below a folder may import from these places only; npm packages are not looked at here. */
function only(name, comment, from, to) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: from, pathNot: notATest },
    to: { path: '^(electron|renderer|shared|scripts|e2e)/', pathNot: to },
  };
}

const stageOrder = stages.map((stage, index) =>
  only(
    `stage-${stage}`,
    `${stage} may import ${stages.slice(0, index).join(', ') || 'no other stage'}, trainer/random and shared only`,
    `^electron/trainer/${stage}/`,
    ['^shared/', besideTheStages, ...stages.slice(0, index + 1).map((earlier) => `^electron/trainer/${earlier}/`)],
  ),
);

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or need a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      comment: 'Imports a file or package that is not there.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^electron$' },
    },
    {
      name: 'shared-is-pure',
      comment: 'shared/ runs everywhere: zod is the only package that it may import.',
      severity: 'error',
      from: { path: '^shared/', pathNot: notATest },
      to: { pathNot: ['^shared/', '^node_modules/zod/'] },
    },
    {
      name: 'only-these-know-electron',
      comment: 'Only electron/main, electron/preload and trainer/main.ts import electron: the rest runs in plain Node.',
      severity: 'error',
      from: { pathNot: ['^electron/(main|preload)/', '^electron/trainer/main[.]ts$', '^e2e/'] },
      to: { path: '^(electron$|node_modules/electron/)' },
    },
    only('renderer', 'The page knows shared/ only; what builds it may use scripts/.', '^renderer/(?!dev/vite)', [
      '^renderer/',
      '^shared/',
    ]),
    only(
      'main',
      'The main process knows shared/, the preload, the project files, the table of runs and the lock on the network only.',
      '^electron/main/',
      [
        '^electron/(main|preload)/',
        '^electron/trainer/(projectStore|runTable|sitting|wholeFile|refuseNetwork)[.]ts$',
        '^shared/',
      ],
    ),
    only('preload', 'The preload knows shared/ and types of main only.', '^electron/preload/', [
      '^electron/(main|preload)/',
      '^shared/',
    ]),
    only('cli', 'The command line is a shell over the trainer.', '^electron/cli/', [
      '^electron/(cli|trainer)/',
      '^shared/',
    ]),
    only('trainer', 'The trainer does not know who calls it.', '^electron/trainer/', [
      '^electron/trainer/',
      '^shared/',
    ]),
    ...stageOrder,
  ],
  options: {
    doNotFollow: { path: ['node_modules', '(^|/)generated/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json'],
      mainFields: ['module', 'main'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
    moduleSystems: ['es6', 'cjs'],
  },
};
