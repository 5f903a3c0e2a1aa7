#!/usr/bin/env node
// @ts-check
// How long tests take, as the table of docs/benchmarks.md: unit tests in one row, scenarios by file, longest first.
//
//   node_modules/.bin/vitest run --reporter=json --outputFile=RESULTS; node tools/durations.mjs RESULTS
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'

/** @type {{ testResults: { name: string, startTime: number, endTime: number, assertionResults: unknown[] }[] }} */
const { testResults } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
/** @type {Map<string, { tests: number, seconds: number }>} */
const rows = new Map()
for (const { name, startTime, endTime, assertionResults } of testResults) {
  const row = name.includes('.scenario.') ? `\`${relative('', name)}\`` : 'unit tests'
  const { tests, seconds } = rows.get(row) ?? { tests: 0, seconds: 0 }
  rows.set(row, { tests: tests + assertionResults.length, seconds: seconds + (endTime - startTime) / 1000 })
}
const began = Math.min(...testResults.map(({ startTime }) => startTime))
const ended = Math.max(...testResults.map(({ endTime }) => endTime))
console.log('| File | Tests | Seconds |\n|---|---:|---:|')
for (const [row, { tests, seconds }] of [...rows].sort(([, a], [, b]) => b.seconds - a.seconds))
  console.log(`| ${row} | ${tests} | ${Math.round(seconds)} |`)
console.log(`| all, from the first to the last | | ${Math.round((ended - began) / 1000)} |`)
