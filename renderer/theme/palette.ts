/**
 * Colours offered for classes, '#rrggbb'. The first eight are Okabe and Ito's set (black left out, a grey in its
 * place), the others Paul Tol's 'muted' and 'light' sets: all told apart with any common colour blindness.
 */
export const CLASS_PALETTE = [
  { colour: '#e69f00', name: 'orange' },
  { colour: '#56b4e9', name: 'sky' },
  { colour: '#009e73', name: 'green' },
  { colour: '#f0e442', name: 'yellow' },
  { colour: '#0072b2', name: 'blue' },
  { colour: '#d55e00', name: 'vermilion' },
  { colour: '#cc79a7', name: 'pink' },
  { colour: '#bbbbbb', name: 'grey' },
  { colour: '#88ccee', name: 'cyan' },
  { colour: '#44aa99', name: 'teal' },
  { colour: '#117733', name: 'darkGreen' },
  { colour: '#999933', name: 'olive' },
  { colour: '#ddcc77', name: 'sand' },
  { colour: '#cc6677', name: 'rose' },
  { colour: '#882255', name: 'wine' },
  { colour: '#aa4499', name: 'purple' },
  { colour: '#332288', name: 'indigo' },
  { colour: '#ee8866', name: 'coral' },
] as const
