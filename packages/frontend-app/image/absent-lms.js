// In the page of an application beside which no LMS runs: says so, over whatever the application shows without one.
const note = document.createElement('div')
note.style.cssText =
  'position: fixed; z-index: 9999; left: 0; right: 0; bottom: 0; padding: 8px 16px; background: #fff3cd; color: #454545; font: 14px/1.5 sans-serif'
note.textContent = 'No LMS runs beside this application. In its checkout: make dev.watch WITH=../edx-platform'
document.addEventListener('DOMContentLoaded', () => document.body.append(note))
