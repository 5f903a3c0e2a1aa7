// @ts-check
// What a person does with course-discovery and an LMS beside it, each in its own checkout.

import assert from 'node:assert/strict'
import { exceptions as ofDiscovery } from './discovery.mjs'
import { lmsExceptions, STAFF, signIn } from './lms.mjs'
import { until } from './until.mjs'

/** @typedef {import('./accept.mjs').Person} Person */
/** @typedef {import('./clone.mjs').Clone} Clone */

const START = '`make dev.watch WITH=../edx-platform` in discovery'
const SIGN_IN = 'sign in to discovery through the LMS, and out of both'
const COURSE = 'a course of Studio is in discovery'

const ID = ['Devenv', 'B1', '2030']

/** @type {import('./accept.mjs').Acceptance['exceptions']} */
export const exceptions = [...(ofDiscovery ?? []), ...lmsExceptions]

/** @param {Person} person */
const lmsOf = ({ beside }) => beside ?? assert.fail('WITH= names no checkout of the LMS')

/** @param {Person} person */
async function addresses(person) {
  const discovery = Object.values(await person.checkout.urls())[0] ?? assert.fail('discovery has no address')
  const { lms = assert.fail('the LMS has no address') } = await lmsOf(person).urls()
  return { discovery, lms }
}

/**
 * A command of the LMS or of Studio.
 * @param {Clone} platform
 * @param {'lms' | 'cms'} which
 * @param {readonly string[]} words
 */
const manage = (platform, which, ...words) =>
  platform.devenv(
    ...['exec', '--', 'env', `DJANGO_SETTINGS_MODULE=devenv_edx_platform.${which}`, `SERVICE_VARIANT=${which}`],
    ...['python', '-W', 'ignore', 'manage.py', which, ...words],
  )

/** @type {import('./accept.mjs').Acceptance['steps']} */
export const steps = [
  {
    title: START,
    run: async (person) => {
      // The shell of one checkout does not choose for the other: its own file does.
      const without = process.env.EDX_PLATFORM_WITHOUT
      if (without) lmsOf(person).write('devenv/settings.local.env', `DEVENV_WITHOUT=${without}\n`)
      const view = await person.checkout.watch({ words: [`WITH=${lmsOf(person).path}`] })
      await view.leave()
      const { discovery, lms } = await addresses(person)
      return `discovery at ${discovery}, the LMS at ${lms}`
    },
  },
  {
    title: 'a second start, from either checkout, has nothing to do',
    needs: [START],
    run: async (person) => {
      for (const clone of [person.checkout, lmsOf(person)])
        assert.match(await clone.devenv('start', '--dry-run'), /Nothing to do/)
    },
  },
  {
    title: SIGN_IN,
    needs: [START],
    run: async (person) => {
      const { discovery, lms } = await addresses(person)
      const tab = await person.browser.newTab()
      await signIn(tab, lms, STAFF)
      await tab.open(`${discovery}/login/`, 'discovery, signed in')
      assert.match(await tab.text(), /Site administration[\s\S]*Course_Metadata/i)
      await tab.page.goto(`${discovery}/logout/`)
      await until(
        async () => {
          await tab.page.goto(`${discovery}/admin/`)
          assert.match(tab.page.url(), /\/admin\/login\//)
          await tab.page.goto(`${lms}/dashboard`)
          assert.match(tab.page.url(), /\/login\?/)
        },
        { seconds: 30 },
      )
      await tab.close()
    },
  },
  {
    title: COURSE,
    needs: [START],
    run: async (person) => {
      await manage(lmsOf(person), 'cms', 'create_course', 'split', STAFF.email, ...ID, 'A course beside')
      const command = ['exec', '--', 'python', 'manage.py', 'refresh_course_metadata']
      assert.match(
        await person.checkout.devenv(...command),
        /Retrieved \d+ course runs from http:\/\/edx-platform:18000/,
      )
      const ask = [
        'from course_discovery.apps.course_metadata.models import Course',
        'print(Course.objects.get(key="Devenv+B1").title)',
      ]
      const shell = ['exec', '--', 'python', 'manage.py', 'shell', '-c', ask.join('\n')]
      assert.match(await person.checkout.devenv(...shell), /^A course beside$/m)
      return 'by `refresh_course_metadata`'
    },
  },
  {
    title: 'a program of discovery is known to the LMS',
    needs: [COURSE],
    run: async (person) => {
      const make = [
        'from course_discovery.apps.core.models import Partner',
        'from course_discovery.apps.course_metadata.models import Program, ProgramType',
        'kind, _ = ProgramType.objects.get_or_create(slug="accept", defaults={"name_t": "Accept"})',
        'Program.objects.create(title="A program", type=kind, partner=Partner.objects.get(id=1), status="active", marketing_slug="a")',
      ]
      await person.checkout.devenv('exec', '--', 'python', 'manage.py', 'shell', '-c', make.join('\n'))
      const [line] =
        /Caching details for [1-9]\d* programs/.exec(await manage(lmsOf(person), 'lms', 'cache_programs')) ?? []
      assert.ok(line, 'the LMS has found no program')
      return 'by `cache_programs`'
    },
  },
  {
    title: 'an edit of either checkout is served',
    needs: [START],
    run: async (person) => {
      const { discovery, lms } = await addresses(person)
      const added =
        "\nfrom django.http import HttpResponse\nurlpatterns += [path('beside', lambda request: HttpResponse('edited'))]\n"
      person.checkout.edit('course_discovery/urls.py', /$/, `\nfrom django.urls import path${added}`)
      lmsOf(person).edit('lms/urls.py', /$/, added)
      for (const url of [discovery, lms])
        await until(async () => assert.equal(await (await fetch(`${url}/beside`)).text(), 'edited'), { seconds: 240 })
      for (const clone of [person.checkout, lmsOf(person)])
        await clone.succeed(['git', 'checkout', '--quiet', '--', '.'])
    },
  },
  {
    title: '`make dev.clean` in discovery leaves the LMS',
    needs: [START],
    run: async (person) => {
      const { lms } = await addresses(person)
      assert.match(await person.checkout.make('dev.clean'), /edx-platform .*keeps running/)
      assert.equal((await fetch(`${lms}/heartbeat`)).status, 200)
      for (const clone of [person.checkout, lmsOf(person)]) assert.equal(await clone.status(), '')
    },
  },
]
