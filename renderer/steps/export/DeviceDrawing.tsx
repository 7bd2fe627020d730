import type { JSX } from 'react';
import type { ExportDevice } from '../../../shared/contract';

const shapes: Readonly<Record<ExportDevice, JSX.Element>> = {
  computer: (
    <>
      <rect x="14" y="6" width="66" height="44" rx="4" />
      <path d="M38 50 v10 M56 50 v10 M28 62 h38" />
      <rect x="90" y="10" width="24" height="52" rx="3" />
      <path d="M96 20 h12 M96 28 h12" />
      <circle cx="102" cy="52" r="2.5" />
    </>
  ),
  raspberryPi: (
    <>
      <rect x="16" y="12" width="84" height="50" rx="5" />
      <path d="M24 12 v-4 h44 v4 M32 8 v4 M40 8 v4 M48 8 v4 M56 8 v4" />
      <rect x="34" y="26" width="22" height="22" rx="2" />
      <path d="M92 20 h16 v12 h-16 M92 40 h16 v12 h-16 M28 62 v4 h14 v-4" />
      <circle cx="24" cy="54" r="2.5" />
    </>
  ),
  android: (
    <>
      <rect x="40" y="4" width="42" height="64" rx="7" />
      <path d="M55 10 h12 M56 62 h10" />
      <path d="M50 26 v-6 h6 M72 26 v-6 h-6 M50 44 v6 h6 M72 44 v6 h-6" />
      <circle cx="61" cy="35" r="6" />
    </>
  ),
  coral: (
    <>
      <rect x="10" y="18" width="66" height="36" rx="8" />
      <path d="M76 27 h20 v18 h-20 M82 33 h6 M82 39 h6" />
      <rect x="28" y="26" width="20" height="20" rx="2" />
      <circle cx="62" cy="36" r="3" />
      <path d="M100 36 h14" />
    </>
  ),
  jetson: (
    <>
      <rect x="12" y="24" width="100" height="38" rx="3" />
      <path d="M30 24 v-14 h50 v14 M38 10 v14 M46 10 v14 M54 10 v14 M62 10 v14 M70 10 v14" />
      <rect x="90" y="32" width="16" height="10" />
      <path d="M20 62 v6 M32 62 v6 M44 62 v6 M56 62 v6" />
      <circle cx="22" cy="34" r="2.5" />
    </>
  ),
  intel: (
    <>
      <rect x="26" y="14" width="72" height="46" rx="5" />
      <path d="M34 22 h30 M34 30 h30" />
      <circle cx="84" cy="26" r="5" />
      <path d="M36 60 v6 M88 60 v6 M36 46 h10 M52 46 h10 M68 46 h10" />
    </>
  ),
  browser: (
    <>
      <rect x="10" y="8" width="104" height="58" rx="5" />
      <path d="M10 22 h104" />
      <circle cx="19" cy="15" r="2" />
      <circle cx="27" cy="15" r="2" />
      <path d="M40 36 h-10 v10 M84 36 h10 v10 M30 52 v6 h10 M94 52 v6 h-10" />
      <circle cx="62" cy="46" r="6" />
    </>
  ),
};

export function DeviceDrawing({
  id,
  className,
}: {
  readonly id: ExportDevice;
  readonly className: string | undefined;
}): JSX.Element {
  return (
    <svg
      className={className}
      viewBox="0 0 124 72"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {shapes[id]}
    </svg>
  );
}
