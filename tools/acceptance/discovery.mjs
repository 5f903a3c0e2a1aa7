// @ts-check
// What a person does with course-discovery.

/** @type {import('./accept.mjs').Acceptance['steps']} */
export const steps = [
  {
    title: '`make dev.watch` from nothing',
    run: async ({ checkout }) => {
      const view = await checkout.watch()
      await view.leave()
      return Object.keys(view.urls).join(', ')
    },
  },
  {
    title: 'sign in at the admin',
    needs: ['`make dev.watch` from nothing'],
    run: async ({ checkout, browser }) => {
      const [url] = Object.values(await checkout.urls())
      const tab = await browser.open(`${url}/admin/`, 'sign-in page')
      await tab.page.fill('#id_username', 'admin')
      await tab.page.fill('#id_password', 'admin')
      await tab.follow(() => tab.page.click('[type=submit]'), 'admin')
    },
  },
]
