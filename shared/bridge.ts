import { LinesideError, type ErrorMessage } from './errors';
import {
  mainContract,
  pickedItem,
  type MainInputOf,
  type MainMethod,
  type MainOutputOf,
  type PickedItem,
} from './mainContract';
import { portOverMessagePort } from './messagePort';
import type { Port } from './rpc';

/** How an invoke is answered: errors travel as values, because Electron drops everything of them but the message. */
export type MainReply =
  { readonly ok: true; readonly output: unknown } | { readonly ok: false; readonly error: ErrorMessage };

/**
 * Whether calls to the trainer can be answered: 'starting' after the start of the app and after a restart, 'crashed' when
 * its process died of itself (a restart follows), 'stopped' when it crashes again and again and main has given up.
 */
export type TrainerState = 'starting' | 'ready' | 'crashed' | 'stopped';

/** All that the preload script lays into the page, as `window.lineside`. */
export interface PreloadSurface {
  readonly invoke: (method: string, input: unknown) => Promise<MainReply>;
  /** Makes the preload post `{ lineside: 'trainerPort', token }` with a fresh port to this window. */
  readonly requestTrainerPort: (token: string) => Promise<MainReply>;
  /** Files dropped on the window: main learns their real paths, which the page cannot make up. */
  readonly acceptDropped: (files: readonly File[]) => Promise<MainReply>;
  /** Calls back at once with the present state and then at each change; returns what ends it. */
  readonly onTrainerState: (listener: (state: TrainerState) => void) => () => void;
}

/** The typed form of the preload surface that the page works with. */
export interface DesktopBridge {
  /** Rejects with a LinesideError. */
  readonly main: <M extends MainMethod>(method: M, input: MainInputOf<M>) => Promise<MainOutputOf<M>>;
  /** A new wire to the running trainer, for `createClient` of shared/rpc.ts; waits while the trainer starts. */
  readonly connectTrainer: () => Promise<Port>;
  readonly acceptDropped: (files: readonly File[]) => Promise<readonly PickedItem[]>;
  readonly onTrainerState: PreloadSurface['onTrainerState'];
}

/** Wraps `window.lineside`. `target` is the page's window, where the preload posts ports. */
export function createBridge(surface: PreloadSurface, target: Window): DesktopBridge {
  return {
    main: async (method, input) => {
      const output: unknown = unwrap(await surface.invoke(method, input));
      return mainContract[method].output.parse(output) as MainOutputOf<typeof method>;
    },
    connectTrainer: async () => portOverMessagePort(await connectTrainer(surface, target)),
    acceptDropped: async (files) => pickedItem.array().parse(unwrap(await surface.acceptDropped(files))),
    onTrainerState: surface.onTrainerState,
  };
}

function unwrap(reply: MainReply): unknown {
  if (reply.ok) return reply.output;
  const { code, message, ...rest } = reply.error;
  throw new LinesideError(code, message, rest);
}

async function connectTrainer(surface: PreloadSurface, target: Window): Promise<MessagePort> {
  const token = crypto.randomUUID();
  let listener: ((event: MessageEvent<unknown>) => void) | undefined;
  const arrived = new Promise<MessagePort>((resolve) => {
    listener = (event) => {
      const port = event.ports[0];
      if (event.source === target && isPortMessage(event.data, token) && port) resolve(port);
    };
    target.addEventListener('message', listener);
  });
  try {
    unwrap(await surface.requestTrainerPort(token));
    return await arrived;
  } finally {
    if (listener) target.removeEventListener('message', listener);
  }
}

function isPortMessage(data: unknown, token: string): boolean {
  return (
    typeof data === 'object' &&
    data !== null &&
    'lineside' in data &&
    data.lineside === 'trainerPort' &&
    'token' in data &&
    data.token === token
  );
}
