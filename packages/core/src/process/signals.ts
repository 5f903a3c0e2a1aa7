/** The signals by which a person or a system ends a command, and their numbers. */
const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const

export type EndingSignal = keyof typeof NUMBERS

export const exitCodeFor = (signal: EndingSignal): number => 128 + NUMBERS[signal]

type Taker = (signal: EndingSignal) => void
const takers: Taker[] = []

/** From now on a signal ends this process properly (locks are given back, started programs end), unless it is taken. */
export function endOnSignals(): void {
  for (const signal of Object.keys(NUMBERS) as EndingSignal[]) {
    process.on(signal, () => {
      const taker = takers.at(-1)
      if (taker === undefined) process.exit(exitCodeFor(signal))
      taker(signal)
    })
  }
}

/** Hands signals to `taker` until the returned function is called. */
export function takeSignals(taker: Taker): () => void {
  takers.push(taker)
  return () => void takers.splice(takers.indexOf(taker), 1)
}
