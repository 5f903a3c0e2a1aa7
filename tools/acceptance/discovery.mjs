// @ts-check
// What a person does with course-discovery.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DEVENV } from './clone.mjs'
import { renderSeconds } from './render-report.mjs'
import { until } from './until.mjs'

/** @typedef {import('./accept.mjs').Person} Person */
/** @typedef {import('./clone.mjs').Clone} Clone */
/** @typedef {import('../browser/browser.mjs').Tab} Tab */

const START = '`make dev.watch`, from nothing'
const SIGN_IN = 'sign in at the admin'
const COURSE = 'list and edit a course in the admin'
const BRANCH = 'a branch with one more requirement'
const STOP = 'stop'

const TESTED = ['core', 'ietf_language_tags', 'publisher'].map((app) => `course_discovery/apps/${app}`)
const KEPT = '.dev/volumes/.keep'

/** @type {import('../browser/judge-page.mjs').Exception[]} */
const WITHOUT_BOWER = [
  { url: /\/bower_components\// },
  { what: /uncaught exception: \$ is not a function/, url: /\/sortable_select\.js$/ },
].map((fault) => ({
  ...fault,
  because: '`DISCOVERY_BOWER=skip` left out bower’s components: nobody can sort by dragging',
}))

/** @type {import('./accept.mjs').Acceptance['exceptions']} */
export const exceptions = [
  { url: /\/favicon\.ico$/, because: 'upstream has no icon for its pages' },
  {
    what: /uncaught exception: .* is not a function/,
    url: /\/bundles\/query-preview-/,
    because:
      'the query page’s script: upstream’s own webpack.config.js causes it, because `datatables.net-bs` 1.13.11 is not a function',
  },
  ...(process.env.DISCOVERY_BOWER === 'skip' ? WITHOUT_BOWER : []),
]

/** @param {Clone} clone */
const urlOf = async (clone) => Object.values(await clone.urls())[0] ?? assert.fail('it has no address')

/** Saves, and waits until that is seen. @param {() => void} save @param {() => Promise<void>} see */
async function secondsUntilSeen(save, see) {
  const began = performance.now()
  save()
  await until(see, { seconds: 180, every: 100 })
  return renderSeconds((performance.now() - began) / 1000)
}

/** @param {import('../browser/browser.mjs').Browser} browser @param {string} url @param {string} name of the pictures */
async function signIn(browser, url, name) {
  const tab = await browser.open(`${url}/admin/`, `${name}-sign-in`)
  await tab.page.fill('#id_username', 'admin')
  await tab.page.fill('#id_password', 'admin')
  await tab.follow(() => tab.page.click('[type=submit]'), `${name}-admin`)
  await seesAdmin(tab)
}

/**
 * How long each task took that saving an organization has asked for.
 * @param {Clone} clone
 */
async function tasksDone(clone) {
  const { output } = await clone.run([
    'npx',
    '--prefix',
    'devenv',
    'devenv',
    'logs',
    'worker',
    '--grep',
    'ent_sub_incl',
  ])
  return [...output.matchAll(/ent_sub_inclusion\[[^\]]+\] succeeded in ([\d.]+)s/g)].map(([, seconds]) =>
    Number(seconds),
  )
}

/** @param {Tab} tab */
const seesAdmin = async (tab) => assert.match(await tab.text(), /Site administration[\s\S]*Course_Metadata/i)

/** @type {import('./accept.mjs').Acceptance['steps']} */
export const steps = [
  {
    title: START,
    run: async ({ checkout }) => {
      const view = await checkout.watch()
      const { exitCode, signal } = await view.leave()
      assert.ok(await checkout.urls(), 'Ctrl-C leaves the view, not the services')
      return `Ctrl-C leaves the view (${signal ?? `code ${exitCode}`}), not the services`
    },
  },
  {
    title: SIGN_IN,
    needs: [START],
    run: async ({ checkout, browser }) => {
      await signIn(browser, await urlOf(checkout), 'first')
    },
  },
  {
    title: COURSE,
    needs: [SIGN_IN],
    run: async ({ checkout, browser }) => {
      // Upstream's own command; the form alone would make a course without a run.
      await checkout.devenv('exec', '--', 'python', 'manage.py', 'create_test_courseruns')
      const url = await urlOf(checkout)
      const tab = await browser.open(`${url}/admin/course_metadata/course/`, 'courses')
      await tab.follow(() => tab.page.click('#result_list tbody tr:first-child th a'), 'course')
      await tab.page.fill('#id_title', 'Edited by a person')
      await tab.follow(() => tab.page.click('[name=_save]'), 'course-saved')
      const text = await tab.text()
      assert.match(text, /was changed successfully/)
      assert.match(text, /Edited by a person/)
    },
  },
  {
    title: 'search finds its runs once they are indexed',
    needs: [COURSE],
    run: async ({ checkout, browser }) => {
      await checkout.devenv('exec', '--', 'python', 'manage.py', 'update_index', '--disable-change-limit')
      const tab = await browser.open(`${await urlOf(checkout)}/api/v1/course_runs/?q=*&format=json`, 'search')
      const [, count = ''] = /"count": ?([1-9]\d*)/.exec(await tab.text()) ?? assert.fail('no course run was found')
      return `${count} course runs`
    },
  },
  {
    title: 'a task runs in the worker',
    needs: [SIGN_IN],
    run: async ({ checkout, browser }) => {
      const before = await tasksDone(checkout)
      const tab = await browser.open(`${await urlOf(checkout)}/admin/course_metadata/organization/add/`, 'organization')
      await tab.page.selectOption('#id_partner', { label: 'edX' })
      await tab.page.fill('#id_key', 'AcceptX')
      await tab.page.fill('#id_name', 'Acceptance')
      await tab.page.fill('#id_certificate_name', 'Acceptance')
      await tab.follow(() => tab.page.click('[name=_save]'), 'organization-saved')
      assert.match(await tab.text(), /was added successfully/)
      const seconds = await until(
        async () => {
          const done = await tasksDone(checkout)
          return done[before.length] ?? assert.fail(`the worker has done ${done.length} tasks, as before`)
        },
        { seconds: 180, every: 1000 },
      )
      return `by saving an organization; ${renderSeconds(seconds)} in the worker`
    },
  },
  {
    title: 'a saved view is served',
    needs: [START],
    run: async ({ checkout, browser }) => {
      const tab = await browser.open(`${await urlOf(checkout)}/health/`, 'view')
      return secondsUntilSeen(
        () =>
          checkout.edit(
            'course_discovery/apps/core/views.py',
            "'detailed_status': {",
            "'saved': 'yes', 'detailed_status': {",
          ),
        async () => {
          await tab.page.reload()
          assert.match(await tab.text(), /"saved": "yes"/)
        },
      )
    },
  },
  {
    title: 'a syntax error is shown, and mended',
    needs: [START],
    run: async ({ checkout, browser }) => {
      const file = 'course_discovery/apps/core/views.py'
      const right = checkout.read(file)
      const tab = await browser.open(`${await urlOf(checkout)}/health/`, 'before-the-error')
      try {
        const shown = await secondsUntilSeen(
          () => checkout.write(file, `${right}\nthis is no Python\n`),
          async () => {
            await tab.page.reload()
            assert.match(await tab.text(), /web has ended:\s+course_discovery\/apps\/core\/views.py:\d+: SyntaxError/)
          },
        )
        await tab.look('syntax-error', { status: 503 })
        assert.match(await checkout.devenv('logs', 'web', '--grep', 'SyntaxError'), /SyntaxError: invalid syntax/)
        const mended = await secondsUntilSeen(
          () => checkout.write(file, right),
          async () => assert.equal((await tab.page.reload())?.status(), 200),
        )
        return `the page says so after ${shown}, is served again ${mended} after the mend; the log has the line`
      } finally {
        checkout.write(file, right)
      }
    },
  },
  {
    title: 'a saved template is served',
    needs: [START],
    run: async ({ checkout, browser }) => {
      const tab = await browser.open(`${await urlOf(checkout)}/`, 'template-before')
      const seconds = await secondsUntilSeen(
        () => checkout.edit('course_discovery/templates/demo/query_preview.html', '>Query Preview</h1>', '>Saved</h1>'),
        async () => {
          await tab.page.reload()
          assert.equal(await tab.page.locator('h1').innerText(), 'Saved')
        },
      )
      await tab.look('template-saved')
      return seconds
    },
  },
  {
    title: 'a saved stylesheet (Sass, by webpack) is applied',
    needs: [START],
    run: async ({ checkout, browser }) => {
      const file = 'course_discovery/static/sass/query-preview.scss'
      const tab = await browser.open(`${await urlOf(checkout)}/`, 'stylesheet-before')
      const seconds = await secondsUntilSeen(
        () => checkout.write(file, `${checkout.read(file)}\n.page-header { color: rgb(0, 128, 0); }\n`),
        async () => {
          await tab.page.reload()
          assert.equal(
            await tab.page.evaluate('getComputedStyle(document.querySelector("h1")).color'),
            'rgb(0, 128, 0)',
          )
        },
      )
      await tab.look('stylesheet-saved')
      return seconds
    },
  },
  {
    title: 'the edits are taken back',
    needs: [START],
    run: async ({ checkout }) => {
      await checkout.succeed(['git', 'restore', '.'])
      assert.equal(await checkout.status(), '', 'devenv leaves nothing in the checkout')
    },
  },
  {
    title: '`make dev.test` on core, ietf_language_tags, publisher',
    needs: [START],
    run: async ({ checkout }) => {
      const printed = await checkout.make('dev.test', `TESTS=${TESTED.join(' ')}`)
      return /\d+ passed.*(?= in )/.exec(printed)?.[0] ?? assert.fail('pytest gives no numbers')
    },
  },
  {
    title: '`make dev.quality`',
    needs: [START],
    run: async ({ checkout }) => {
      const printed = await checkout.make('dev.quality')
      // Upstream's pylintrc switches the rating off.
      for (const tool of ['isort', 'pycodestyle', 'pylint']) assert.match(printed, new RegExp(`^.*${tool} --`, 'm'))
      return `isort, pycodestyle and pylint, which has ${printed.match(/: I\d{4}: /g)?.length ?? 0} notes and no fault`
    },
  },
  {
    title: BRANCH,
    needs: [START],
    run: async ({ checkout }) => {
      await checkout.succeed(['git', 'switch', '--quiet', '--create', 'one-more'])
      const file = 'requirements/local.txt'
      checkout.write(file, `${checkout.read(file)}cowsay==6.1\n`)
      await checkout.commit('One more requirement')
      const view = await checkout.watch()
      await view.leave()
      assert.match(await checkout.devenv('exec', '--', 'python', '-c', 'import cowsay; cowsay.cow("here")'), /here/)
    },
  },
  {
    title: 'and back: the first image is found, nothing is built',
    needs: [BRANCH],
    run: async ({ checkout }) => {
      await checkout.succeed(['git', 'switch', '--quiet', '-'])
      const view = await checkout.watch()
      const { output } = await view.leave()
      assert.doesNotMatch(output, /build devenv\//)
      assert.notEqual((await checkout.run([...DEVENV, 'exec', '--', 'python', '-c', 'import cowsay'])).exitCode, 0)
    },
  },
  {
    title: 'a second worktree at once, both signed in in one browser',
    needs: [SIGN_IN],
    run: async (person) => {
      const { checkout, browser } = person
      const second = await checkout.worktree('second')
      person.clones.push(second)
      const view = await second.watch()
      await view.leave()
      const urls = [await urlOf(checkout), await urlOf(second)]
      await signIn(browser, urls[1] ?? '', 'second')
      for (const [index, url] of urls.entries())
        await seesAdmin(await browser.open(`${url}/admin/`, `both-${index + 1}`))
      const cookies = (await browser.context.cookies()).map(({ name }) => name)
      const shared = cookies.filter((name) => !urls.some((url) => name.endsWith(`_${new URL(url).port}`)))
      assert.deepEqual(shared, [], 'each cookie belongs to one environment')
      await second.make('dev.clean')
      return `cookies: ${cookies.sort().join(', ')}`
    },
  },
  {
    title: STOP,
    needs: [START],
    run: async ({ checkout }) => {
      const url = await urlOf(checkout)
      await checkout.devenv('stop')
      await assert.rejects(fetch(`${url}/health/`))
    },
  },
  {
    title: 'start: data and sign-in are as they were',
    needs: [STOP, COURSE],
    run: async ({ checkout, browser }) => {
      await checkout.devenv('start')
      const tab = await browser.open(`${await urlOf(checkout)}/admin/course_metadata/course/`, 'after-the-stop')
      assert.match(await tab.text(), /Edited by a person/)
    },
  },
  {
    title: '`make dev.clean`',
    needs: [START],
    run: async ({ checkout }) => {
      await checkout.make('dev.clean')
      assert.equal(await checkout.status(), '')
      assert.ok(existsSync(join(checkout.path, KEPT)), `${KEPT}, which git tracks, is still there`)
      assert.ok(!existsSync(join(checkout.path, '.dev/devenv')), 'what devenv made is gone')
      return `\`git status\` is clean, ${KEPT} is there`
    },
  },
]
