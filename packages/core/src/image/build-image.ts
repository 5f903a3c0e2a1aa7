import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runBuild } from '../engine/buildx.js'
import { LABELS } from '../engine/labels.js'
import { abridge, CHECKOUT_CONTEXT, type ImageInputs, listInputs } from './image-inputs.js'
import type { ImagePlan } from './plan-image.js'

export type BuildSettings = {
  mirror: string | undefined
  caBundle: string | undefined
  proxies: Readonly<Record<string, string>>
}

/**
 * Builds what was hashed: the gathered files are laid out in a folder of their own, with git's modes and one
 * date, so that neither a umask nor a forgotten file can make a difference.
 */
export async function buildImage(plan: ImagePlan, inputs: ImageInputs, settings: BuildSettings): Promise<void> {
  const staged = mkdtempSync(join(tmpdir(), 'devenv-build-'))
  try {
    stageInputs(inputs, staged)
    const { [CHECKOUT_CONTEXT]: _, ...others } = inputs.spec.contexts
    await runBuild({
      reference: plan.reference,
      context: join(staged, CHECKOUT_CONTEXT),
      contexts: Object.fromEntries(Object.keys(others).map((name) => [name, join(staged, name)])),
      dockerfile: join(staged, 'Dockerfile'),
      target: inputs.spec.target,
      args: { ...inputs.spec.args, ...settings.proxies },
      labels: {
        [LABELS.digest]: plan.digest,
        [LABELS.inputs]: JSON.stringify(abridge(listInputs(inputs))),
        ...(settings.mirror !== undefined && { [LABELS.mirror]: settings.mirror }),
      },
      secrets: settings.caBundle === undefined ? {} : { 'ca-bundle': settings.caBundle },
    })
  } finally {
    rmSync(staged, { recursive: true, force: true })
  }
}

const EPOCH = new Date(0)

function stageInputs({ spec, dockerfile, files }: ImageInputs, staged: string): void {
  writeFileSync(join(staged, 'Dockerfile'), dockerfile)
  for (const context of Object.keys(spec.contexts)) mkdirSync(join(staged, context))
  for (const { context, path, mode, source } of files) {
    const target = join(staged, context, path)
    mkdirSync(dirname(target), { recursive: true })
    if (mode === '120000') {
      symlinkSync(readlinkSync(source), target)
      continue
    }
    copyFileSync(source, target)
    chmodSync(target, mode === '100755' ? 0o755 : 0o644)
    utimesSync(target, EPOCH, EPOCH)
  }
  for (const folder of readdirSync(staged, { recursive: true, withFileTypes: true })) {
    if (folder.isDirectory()) chmodSync(join(folder.parentPath, folder.name), 0o755)
  }
}
