import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'

type Opener = readonly [string, ...string[]]

/** A browser that stays in the foreground is open by then. */
const OPEN_AFTER_MS = 3000

/**
 * The programs that open an address, best first: `BROWSER` as an editor sets it in the terminal of a remote machine, then those of
 * the desktop. None where there is no display. Pure.
 */
export function planOpeners(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): Opener[] {
  const named: Opener[] = env.BROWSER ? [[env.BROWSER]] : []
  if (platform === 'darwin') return [...named, ['open']]
  if (env.WSL_DISTRO_NAME) return [...named, ['wslview'], ['cmd.exe', '/c', 'start']]
  return env.DISPLAY || env.WAYLAND_DISPLAY ? [...named, ['xdg-open']] : named
}

/** Hands an address to the first of these programs that takes it; `false` where none does. It outlives us. */
export async function openBrowser(url: string, openers: readonly Opener[]): Promise<boolean> {
  for (const [program, ...rest] of openers) if (await takes([program, ...rest, url])) return true
  return false
}

async function takes([program, ...words]: Opener): Promise<boolean> {
  const child = spawn(program, words, { detached: true, stdio: 'ignore' })
  const ended = once(child, 'exit').then(
    ([exitCode]) => exitCode === 0,
    () => false,
  )
  const taken = await Promise.race([ended, setTimeout(OPEN_AFTER_MS, true, { ref: false })])
  child.unref()
  return taken
}
