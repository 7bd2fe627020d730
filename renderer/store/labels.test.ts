import { beforeEach, expect, test } from 'vitest';
import {
  acceptSuggestions,
  addBox,
  deleteBox,
  markReviewed,
  placeBox,
  redo,
  relabelBox,
  undo,
  useLabels,
} from './labels';

const rect = { x: 1, y: 2, width: 30, height: 40 };
const labels = () => useLabels.getState().annotation?.boxes.map(({ label }) => label);

beforeEach(() => {
  useLabels.setState({
    annotation: { version: 1, image: 'images/a.jpg', width: 100, height: 100, boxes: [], reviewed: false },
    selected: null,
    suggestions: [],
  });
  useLabels.temporal.getState().clear();
});

test('a drawn box is selected, and the picture counts as looked at', () => {
  addBox('nut', rect);
  expect(useLabels.getState().selected).toBe(0);
  expect(useLabels.getState().annotation?.reviewed).toBe(true);
  expect(useLabels.getState().annotation?.boxes).toEqual([{ label: 'nut', ...rect, difficult: false }]);
});

test('every change can be undone and done again, one at a time', () => {
  addBox('nut', rect);
  relabelBox(0, 'clip');
  placeBox(0, { ...rect, x: 9 });
  undo();
  expect(useLabels.getState().annotation?.boxes[0]).toMatchObject({ label: 'clip', x: 1 });
  undo();
  expect(labels()).toEqual(['nut']);
  undo();
  expect(labels()).toEqual([]);
  redo();
  redo();
  expect(labels()).toEqual(['clip']);
});

test('selecting is not a step of undo', () => {
  addBox('nut', rect);
  addBox('clip', rect);
  useLabels.setState({ selected: 0 });
  deleteBox(0);
  expect(labels()).toEqual(['clip']);
  undo();
  expect(labels()).toEqual(['nut', 'clip']);
});

test('an accepted suggestion becomes a box and is suggested no more', () => {
  const nut = { label: 'nut', score: 0.9, box: rect };
  const clip = { label: 'clip', score: 0.8, box: rect };
  useLabels.setState({ suggestions: [nut, clip] });
  acceptSuggestions([nut]);
  expect(labels()).toEqual(['nut']);
  expect(useLabels.getState().suggestions).toEqual([clip]);
});

test('looking at an empty picture is remembered, once', () => {
  markReviewed();
  const first = useLabels.getState().annotation;
  expect(first?.reviewed).toBe(true);
  markReviewed();
  expect(useLabels.getState().annotation).toBe(first);
});
