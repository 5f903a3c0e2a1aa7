import { expect, test } from 'vitest'
import { fillTemplate } from './fill-template.js'

test('a value takes the place of its name, also in the middle of a line', () => {
  expect(fillTemplate('ports: ["{{port}}"] # {{port}}\n', { port: '8000' })).toBe('ports: ["8000"] # 8000\n')
})

test('a line that is only a name takes several lines as far in, and goes without one', () => {
  expect(fillTemplate('a:\n  {{steps}}\n  {{none}}\nb\n', { steps: 'c:\n  d\n\ne', none: '' })).toBe(
    'a:\n  c:\n    d\n\n  e\nb\n',
  )
})

test('nothing is left behind at the end of a line, and no name stands for itself', () => {
  expect(fillTemplate('ENV A=1 {{more}}', { more: '' })).toBe('ENV A=1')
  expect(() => fillTemplate('{{more}}', {})).toThrow('{{more}}')
})
