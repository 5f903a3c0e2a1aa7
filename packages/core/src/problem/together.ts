import { DevenvError } from './problem.js'

/**
 * What several questions are answered with, so that a person is told of all problems at once.
 * @throws DevenvError with the problems of all of them; another error at once
 */
export async function together<T extends readonly unknown[]>(
  ...questions: { readonly [Index in keyof T]: Promise<T[Index]> }
): Promise<T> {
  const settled = await Promise.allSettled(questions)
  const reasons: unknown[] = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
  const other = reasons.find((reason) => !(reason instanceof DevenvError))
  if (other !== undefined) throw other
  const problems = reasons.flatMap((reason) => (reason as DevenvError).problems)
  if (problems.length > 0) throw new DevenvError(...problems)
  return settled.map((each) => (each.status === 'fulfilled' ? each.value : undefined)) as unknown as T
}
