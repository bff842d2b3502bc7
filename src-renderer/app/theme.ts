/**
 * Visual identity: warm paper and ink, verdigris for what acts, brass for the mark alone.
 *
 * Mantine's defaults miss WCAG AA in several places (white on shade 6, dimmed text), so filled parts use shade 8, light parts
 * use ink from the dark end, and dimmed text is darker. Contrast is tested with axe on every screen in both schemes.
 */
import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  parseThemeColor,
  type VariantColorsResolver,
} from '@mantine/core';

const verdigris: MantineColorsTuple = [
  '#ecf7f4',
  '#d8ece7',
  '#aed9ce',
  '#81c4b4',
  '#5db29f',
  '#45a791',
  '#2f9a83',
  '#1d7f6b',
  '#0f6a59',
  '#085446',
];
const brass: MantineColorsTuple = [
  '#fdf6e7',
  '#f6ead0',
  '#ecd3a0',
  '#e2bb6c',
  '#d9a441',
  '#c98f27',
  '#ab771c',
  '#8f6114',
  '#7a520f',
  '#5f3f09',
];
const ink: MantineColorsTuple = [
  '#f6f7f6',
  '#e9ecea',
  '#d2d8d5',
  '#b5beba',
  '#94a09b',
  '#74827c',
  '#5a6862',
  '#43504b',
  '#2c3835',
  '#16201e',
];
/** Warm graphite instead of Mantine's blue-grey. */
const dark: MantineColorsTuple = [
  '#e4e8e6',
  '#c3cac7',
  '#a5aeaa',
  '#7d8883',
  '#4c5753',
  '#38423f',
  '#2a3330',
  '#1e2624',
  '#161d1b',
  '#0f1413',
];

const variantColorResolver: VariantColorsResolver = (input) => {
  const resolved = defaultVariantColorsResolver(input);
  const parsed = parseThemeColor({ color: input.color ?? input.theme.primaryColor, theme: input.theme });
  if (!parsed.isThemeColor || parsed.shade !== undefined) return resolved;
  if (
    input.variant === 'light' ||
    input.variant === 'subtle' ||
    input.variant === 'outline' ||
    input.variant === 'transparent'
  ) {
    return { ...resolved, color: `var(--assay-${parsed.color}-ink, var(--mantine-color-${parsed.color}-light-color))` };
  }
  return resolved;
};

export const theme = createTheme({
  primaryColor: 'verdigris',
  primaryShade: 8,
  autoContrast: true,
  luminanceThreshold: 0.28,
  respectReducedMotion: true,
  cursorType: 'pointer',
  focusRing: 'auto',
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, monospace",
  fontSizes: { xs: '0.75rem', sm: '0.84375rem', md: '0.90625rem', lg: '1.0625rem', xl: '1.25rem' },
  headings: {
    fontFamily: "'Inter Variable', system-ui, sans-serif",
    fontWeight: '640',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '1.25' },
      h2: { fontSize: '1.125rem', lineHeight: '1.35' },
      h3: { fontSize: '0.96875rem', lineHeight: '1.4' },
      h4: { fontSize: '0.875rem', lineHeight: '1.45' },
    },
  },
  defaultRadius: 'sm',
  radius: { xs: '3px', sm: '5px', md: '8px', lg: '12px', xl: '20px' },
  colors: { verdigris, brass, ink, dark },
  black: '#16201e',
  variantColorResolver,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    Modal: { defaultProps: { centered: true, radius: 'md', closeButtonProps: { 'aria-label': 'Close' } } },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true, events: { hover: true, focus: true, touch: true } } },
    Paper: { defaultProps: { radius: 'md' } },
    Anchor: { defaultProps: { underline: 'hover' } },
    PasswordInput: { defaultProps: { visibilityToggleButtonProps: { 'aria-label': 'Show or hide the passphrase' } } },
    InputWrapper: { defaultProps: { withAsterisk: false } },
    Progress: { defaultProps: { transitionDuration: 150 } },
  },
});

/** Ink of light, outline and subtle variants: the dark end on paper, the light end on graphite. */
const inks = (shade: number): Record<string, string> =>
  Object.fromEntries(
    ['verdigris', 'brass', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'grape', 'violet', 'gray'].map(
      (color) => [`--assay-${color}-ink`, `var(--mantine-color-${color}-${shade})`],
    ),
  );

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...inks(9),
    '--mantine-color-body': '#fbfaf7',
    '--mantine-color-text': '#16201e',
    '--mantine-color-dimmed': '#55625d',
    '--mantine-color-placeholder': '#66726d',
    '--mantine-color-anchor': '#0f6a59',
    '--mantine-color-error': '#b42318',
    '--mantine-color-default-border': '#d5d6cf',
    '--assay-surface': '#ffffff',
    '--assay-sunken': '#f3f1ea',
    '--assay-line': '#e2e0d8',
    '--assay-line-strong': '#8d928c',
    '--assay-bad': '#b42318',
    '--assay-bad-ground': '#fdf0ee',
    '--assay-warn': '#7a520f',
    '--assay-warn-ground': '#fdf6e7',
    '--assay-good': '#0b6b45',
    '--assay-good-ground': '#e9f6ef',
    '--assay-neutral-ground': '#f1f2ef',
  },
  dark: {
    ...inks(2),
    '--mantine-color-body': '#131918',
    '--mantine-color-text': '#e4e8e6',
    '--mantine-color-dimmed': '#a7b1ac',
    '--mantine-color-placeholder': '#96a19c',
    '--mantine-color-anchor': '#81c4b4',
    '--mantine-color-error': '#ff9d92',
    '--mantine-color-default-border': '#3d4844',
    '--assay-surface': '#1b2321',
    '--assay-sunken': '#0f1413',
    '--assay-line': '#2c3633',
    '--assay-line-strong': '#7d8883',
    '--assay-bad': '#ff9d92',
    '--assay-bad-ground': '#35191a',
    '--assay-warn': '#ecd3a0',
    '--assay-warn-ground': '#332812',
    '--assay-good': '#81d8a8',
    '--assay-good-ground': '#14301f',
    '--assay-neutral-ground': '#232b29',
  },
});
