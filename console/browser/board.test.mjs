// The pages in a browser: every state of the board, at a desk and on a phone, by
// day and in the dark, with and without JavaScript, live, and by keyboard alone.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { launch, open, serveScenes, sound, violations, widths } from './scenes.mjs'

let scenes, browser
before(async () => {
  scenes = await serveScenes()
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await scenes?.stop()
})

const at = (scene, path = '/') => scenes.addresses[scene] + path
const shown = (page, words, timeout = 5000) => page.getByText(words).first().waitFor({ state: 'visible', timeout })

describe('every state', { concurrency: 3, timeout: 300_000 }, () => {
  const boards = ['calm', 'quiet', 'full', 'many', 'degraded', 'nobody', 'noplan'].map((scene) => [scene, '/'])
  const others = [
    ['full', '/?wall=1'], ['full', '/?done=pause.set'], ['full', '/rota'], ['noplan', '/rota'], ['nobody', '/rota'], ['full', '/calls/CA01'], ['full', '/calls/CA03'],
    ['full', '/confirm/pause/r-jo'], ['full', '/confirm/ring-again/CA03'], ['full', '/confirm/ring-person/CA03'], ['full', '/confirm/widen/CA04?beyond=3'],
    ['full', '/confirm/hand-over/CA03'], ['full', '/nothing-here'],
  ]
  for (const [scene, path] of [...boards, ...others]) {
    test(`${scene} ${path}`, async (t) => {
      const { page, complaints } = await open(t, browser, at(scene, path))
      if (path.split('?')[0] === '/') await page.locator('#live:not([hidden])').waitFor()
      await sound(page, complaints, 'board', `${scene}${path.replace(/\W+/g, '-')}`, path === '/nothing-here' ? '404' : '422')
    })
  }
})

describe('without JavaScript', () => {
  // axe needs scripts to run; what it would look at is the same page as above.
  for (const [scene, path, words] of [
    ['full', '/', 'Waiting: no phone is ringing'], ['degraded', '/', 'The service is degraded'], ['full', '/rota', 'Nobody for Southampton'],
    ['full', '/calls/CA01', 'Both hear each other'], ['full', '/confirm/pause/r-jo', 'No, leave it'],
  ]) {
    test(`${scene} ${path}`, async (t) => {
      const { page, complaints } = await open(t, browser, at(scene, path), { javaScriptEnabled: false })
      await shown(page, words)
      if (path === '/') {
        assert.match(await page.locator('.clock').first().textContent(), /^\d+:\d\d$/)
        await page.getByRole('link', { name: 'Refresh', exact: true }).click()
        await shown(page, words)
        await page.getByRole('link', { name: 'Refresh every 10 seconds' }).click()
        await page.locator('meta[http-equiv=refresh][content="10"]').waitFor({ state: 'attached' })
      }
      assert.deepEqual(complaints, [])
    })
  }

  test('a button asks, then does, then says so', async (t) => {
    const { page, context } = await open(t, browser, at('full'), { javaScriptEnabled: false })
    await page.getByRole('link', { name: /^Break or away : Jo Whitfield/ }).click()
    await shown(page, 'Nobody else is on shift as duty manager.')
    await page.getByRole('button', { name: 'Take off the line' }).click()
    await shown(page, 'Choose a reason')
    await page.getByLabel('Recovery after a hard call').check()
    await page.getByRole('button', { name: 'Take off the line' }).click()
    await shown(page, 'Done. No phone of theirs rings')
    assert.ok((await (await fetch(at('full', '/did'))).json()).includes('break r-jo recovery by role:administrator'))
  })

  test('a caller is rung for, and handed over', async (t) => {
    const { page } = await open(t, browser, at('full'), { javaScriptEnabled: false })
    await page.getByRole('link', { name: 'Ring somebody for the caller of 03:09:54' }).click()
    await page.getByRole('radio', { name: /Jo Whitfield/ }).check()
    await page.getByRole('button', { name: 'Ring this person' }).click()
    await shown(page, 'Done. Their phone is rung')
    await page.getByRole('link', { name: 'Hand over the caller of 03:09:54' }).click()
    await page.getByRole('radio', { name: /Southampton/ }).check()
    await page.getByRole('button', { name: 'Hand over' }).click()
    await shown(page, 'Done. The caller is the other team’s now')
    const did = await (await fetch(at('full', '/did'))).json()
    for (const what of [/^ring r-jo for CA03 by/, /^hand over CA03 from portsmouth to southampton by/]) {
      assert.ok(did.some((d) => what.test(d)), `${what} is not in ${did}`)
    }
  })

  test('a button that fails says so where it was pressed', async (t) => {
    const { page, context } = await open(t, browser, at('failing', '/confirm/pause/r-jo'), { javaScriptEnabled: false })
    await page.getByLabel('Unwell').check()
    await page.getByRole('button', { name: 'Take off the line' }).click()
    await shown(page, 'There is a problem')
  })
})

describe('live', () => {
  const happen = (what) => fetch(at('live', `/happen/${what}`), { method: 'POST' })

  test('every step is on the screen within 500 ms, and clocks run', async (t) => {
    await happen('leave')
    const { page, complaints } = await open(t, browser, at('live'))
    await shown(page, 'Nobody is waiting.')
    await page.locator('#live[data-state=Live]').waitFor()
    const took = []
    for (const [what, words] of [['arrive', 'Waiting: no phone is ringing'], ['ring', 'Grace Hughes'], ['answer', 'With Grace Hughes']]) {
      const seen = page.evaluate((words) => new Promise((resolve) => {
        const callers = document.getElementById('callers')
        const look = () => callers.textContent.includes(words) && resolve(performance.timeOrigin + performance.now())
        new MutationObserver(look).observe(callers, { childList: true, subtree: true, characterData: true })
        look()
      }), words)
      const began = performance.timeOrigin + performance.now()
      await happen(what)
      took.push((await seen) - began)
    }
    took.sort((a, b) => a - b)
    console.log(`ledger entry to screen: ${took.map((ms) => `${Math.round(ms)} ms`).join(', ')}`)
    assert.ok(took[1] <= 500, `half of the steps took longer than ${Math.round(took[1])} ms`)

    const clock = page.locator('#call-CA05 .clock').first()
    const first = await clock.textContent()
    await page.waitForFunction((was) => document.querySelector('#call-CA05 .clock').textContent !== was, first)
    assert.match(await page.title(), /^Now – Hampshire crisis line$/)
    assert.deepEqual(complaints, [])
    await happen('leave')
  })

  test('the focus and the place on the page stay where they were', async (t) => {
    await happen('arrive')
    const { page } = await open(t, browser, at('live'), { viewport: widths.phone })
    await page.locator('#live[data-state=Live]').waitFor()
    const story = page.getByRole('link', { name: /^Story of the call/ })
    await story.focus()
    await happen('ring')
    await shown(page, 'Grace Hughes')
    await happen('answer')
    await shown(page, 'With Grace Hughes')
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), '/calls/CA05')
    await happen('leave')
  })

  test('a board that hears nothing says so, loudly', async (t) => {
    const { page, context } = await open(t, browser, at('live'))
    await page.locator('#live[data-state=Live]').waitFor()
    await context.setOffline(true)
    await page.evaluate(() => { window.stop() }) // a network that is gone ends the stream too
    await shown(page, /This board is not live/, 20_000)
    assert.equal(await page.locator('#live').textContent(), 'Not live')
    assert.deepEqual(await violations(page), [])
    await context.setOffline(false)
    await page.locator('#live[data-state=Live]').waitFor({ timeout: 20_000 })
    assert.ok(await page.locator('#lost').isHidden())
  })
})

test('whoever is next is brought in at once', async (t) => {
  await fetch(at('live', '/happen/arrive'), { method: 'POST' }) // a caller whose next rung has not come
  const { page } = await open(t, browser, at('live'))
  await page.getByRole('link', { name: /^Bring in now for the caller of/ }).click()
  await page.getByRole('button', { name: 'Bring them in now' }).click()
  await shown(page, 'Done. More people may be asked')
  const did = await (await fetch(at('live', '/did'))).json()
  assert.ok(did.some((d) => /^widen CA05 beyond \d by role:administrator$/.test(d)), did)
})

test('by keyboard alone: skip the menu, reach a caller, ask, do', async (t) => {
  const { page } = await open(t, browser, at('full'))
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to main content')
  await page.keyboard.press('Enter')
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate(() => document.activeElement.getAttribute('href')) === '/confirm/ring-again/CA03') break
  }
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: /^Ring again for the caller of/ }).waitFor()
  await page.getByRole('button', { name: 'Ring again' }).focus()
  await page.keyboard.press('Enter')
  await shown(page, 'Done. A phone is rung again')
  assert.deepEqual(await (await fetch(at('full', '/did'))).json().then((did) => did.filter((d) => d.startsWith('ring again'))), ['ring again CA03 by role:administrator'])
})

test('a page of another site cannot press a button', async (t) => {
  const { page } = await open(t, browser, at('calm'))
  const status = await page.evaluate(async (url) => {
    const answer = await fetch(url, { method: 'POST', mode: 'no-cors' }).catch(() => null)
    return answer?.type ?? 'refused'
  }, at('failing', '/actions/pause/r-jo'))
  assert.notEqual(status, 'basic')
  assert.deepEqual(await (await fetch(at('failing', '/did'))).json(), null)
})
