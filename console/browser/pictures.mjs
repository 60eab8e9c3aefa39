// Takes the pictures of docs/pictures anew:
//
//	node console/browser/pictures.mjs
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { launch, serveScenes, widths } from './scenes.mjs'

const to = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'docs', 'pictures')
const scenes = await serveScenes()
const browser = await launch()
for (const [name, scene, path, viewport, colorScheme] of [
  ['board', 'full', '/', { width: 1280, height: 1180 }, 'light'],
  ['board-phone', 'full', '/', widths.phone, 'dark'],
  ['rota', 'full', '/rota', { width: 1280, height: 800 }, 'light'],
  ['my-shift', 'responder-phone', '/my', widths.phone, 'light'],
  ['calls', 'past', '/calls', { width: 1280, height: 800 }, 'light'],
  ['call', 'full', '/calls/CA01', { width: 1280, height: 800 }, 'light'],
]) {
  const page = await browser.newPage({ viewport, colorScheme, reducedMotion: 'reduce' })
  await page.goto(scenes.addresses[scene] + path)
  if (path === '/') await page.locator('#live[data-state=Live]').waitFor()
  await page.screenshot({ path: join(to, `${name}.png`) })
  await page.close()
}
// A change before it is published.
for (const [name, scene, viewport, colorScheme] of [
  ['rota-edit', 'edit', { width: 1280, height: 1000 }, 'light'],
  ['rota-edit-phone', 'edit', widths.phone, 'dark'],
]) {
  const page = await browser.newPage({ viewport, colorScheme, reducedMotion: 'reduce' })
  await page.goto(`${scenes.addresses[scene]}/rota/change/sick?person=r-leo`)
  await page.getByRole('button', { name: 'See what changes' }).click()
  await page.getByText('Who rings').waitFor()
  await page.screenshot({ path: join(to, `${name}.png`) })
  await page.close()
}
await browser.close()
await scenes.stop()
