import { ActionIcon, Button, createTheme, Menu, type MantineColorsTuple, Modal, SegmentedControl } from '@mantine/core';

/** The one accent colour: petrol. Shade 8 carries white text at 6.0:1, shade 3 reads on the dark ground at 8:1. */
const petrol: MantineColorsTuple = [
  '#e6f6f7',
  '#cdeaec',
  '#9ed6da',
  '#6cc4cb',
  '#3fb0ba',
  '#229aa5',
  '#148793',
  '#0e7681',
  '#0a6670',
  '#06505a',
];

/** Nothing that can be pressed is smaller than this many pixels: operators may wear gloves. */
const touchTarget = 44;

export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: { light: 8, dark: 8 },
  colors: { petrol },
  fontFamily: "'Inter Variable', system-ui, 'Noto Sans SC', 'Microsoft YaHei', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', 'DejaVu Sans Mono', monospace",
  defaultRadius: 8,
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Button: Button.extend({
      // Said outright, so that the high-contrast look can find filled buttons by their attribute.
      defaultProps: { variant: 'filled' },
      vars: (_theme, props) => ({
        root: {
          '--button-height': `${props.size === 'xl' ? 56 : touchTarget}px`,
          '--button-fz': props.size === 'xl' ? '17px' : '15px',
        },
      }),
    }),
    // The page itself never scrolls, and the lock would write a style without the nonce that the policy asks for.
    Modal: Modal.extend({ defaultProps: { lockScroll: false } }),
    Menu: Menu.extend({ styles: { item: { minHeight: touchTarget } } }),
    SegmentedControl: SegmentedControl.extend({
      styles: { label: { minHeight: touchTarget, display: 'flex', alignItems: 'center', justifyContent: 'center' } },
    }),
    ActionIcon: ActionIcon.extend({
      vars: () => ({ root: { '--ai-size': `${touchTarget}px` } }),
      defaultProps: { variant: 'subtle', color: 'gray' },
    }),
  },
});
