import { create } from 'zustand';
import { createJSONStorage, devtools, persist } from 'zustand/middleware';
import type { TrainerState } from '../../shared/bridge';
import type { EngineInfo, OutputOf, Problem, ScheduleKind, TrainingPlan } from '../../shared/contract';
import type { ErrorMessage } from '../../shared/errors';
import type { Picture, ProjectResults, ProjectState, RecentProject } from '../../shared/mainContract';
import type { Stage } from '../../shared/stages';
import { emptyLive, type Job, type Live } from './job';

export type Look = 'system' | 'light' | 'dark' | 'contrast';
export type Language = 'en' | 'et' | 'de' | 'zh';
export type Screen = 'welcome' | 'tryModel' | Stage;

/** What the operator wants from the window itself. Kept between sessions. */
export interface SettingsSlice {
  readonly language: Language | null;
  readonly look: Look;
  readonly detailsOpen: boolean;
  readonly hintSeen: boolean;
  /** Where one was in each project, by its folder. */
  readonly lastScreen: Readonly<Record<string, Screen>>;
  /** Batch size that the operator took instead of the recommended one, by project folder. */
  readonly chosenBatch: Readonly<Record<string, number>>;
  /** Schedule that the operator took instead of the usual one, by project folder. */
  readonly chosenSchedule: Readonly<Record<string, ScheduleKind>>;
}

export interface ScreenSlice {
  readonly screen: Screen;
  /** The picture shown in Annotate: images/<name>. */
  readonly file: string | null;
  /** A spot of that picture to look at first. */
  readonly focus: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null;
  readonly helpOpen: boolean;
}

export interface ProjectSlice {
  readonly recent: readonly RecentProject[] | null;
  readonly project: ProjectState | null;
  readonly results: ProjectResults | null;
  readonly pictures: readonly Picture[];
  /** What the next training would do; null before it was asked for. */
  readonly trainingPlan: TrainingPlan | null;
  /** What the last check of this session found; null before it. */
  readonly problems: readonly Problem[] | null;
  readonly rejected: OutputOf<'images.import'>['rejected'];
  /** Something that failed outside of a job: opening a project, reading a label. */
  readonly trouble: ErrorMessage | null;
}

export interface JobSlice {
  readonly job: Job;
  readonly live: Live;
  /** "Do it all for me" is driving. */
  readonly autopilot: boolean;
  readonly trainer: TrainerState;
  readonly engine: EngineInfo | null;
}

export type State = SettingsSlice & ScreenSlice & ProjectSlice & JobSlice;

const settings: SettingsSlice = {
  language: null,
  look: 'system',
  detailsOpen: false,
  hintSeen: false,
  lastScreen: {},
  chosenBatch: {},
  chosenSchedule: {},
};

const initial: State = {
  ...settings,
  screen: 'welcome',
  file: null,
  focus: null,
  helpOpen: false,
  recent: null,
  project: null,
  results: null,
  pictures: [],
  trainingPlan: null,
  problems: null,
  rejected: [],
  trouble: null,
  job: { kind: 'idle' },
  live: emptyLive,
  autopilot: false,
  trainer: 'starting',
  engine: null,
};

/** The page's whole state. Only store/actions, store/jobs and store/autopilot change it. */
export const useStore = create<State>()(
  devtools(
    persist(() => initial, {
      name: 'lineside.settings',
      storage: createJSONStorage(() => localStorage),
      partialize: ({
        language,
        look,
        detailsOpen,
        hintSeen,
        lastScreen,
        chosenBatch,
        chosenSchedule,
      }): SettingsSlice => ({
        language,
        look,
        detailsOpen,
        hintSeen,
        lastScreen,
        chosenBatch,
        chosenSchedule,
      }),
    }),
    { enabled: import.meta.env.DEV },
  ),
);

/** What a project that is being left takes with it. */
export const noProject = {
  project: null,
  results: null,
  pictures: [],
  trainingPlan: null,
  problems: null,
  rejected: [],
  file: null,
  focus: null,
  live: emptyLive,
  job: { kind: 'idle' },
} as const satisfies Partial<State>;
