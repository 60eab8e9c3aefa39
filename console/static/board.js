// Keeps the board live: swaps in the fragments the server renders, lets clocks
// run, and says loudly when it no longer hears from the server. Without this
// file every page works by refresh.

const body = document.body
const silence = 12_000 // ms without a word before the board says it is not live
let offset = Number(body.dataset.now) - Date.now() // server's clock minus ours
let heard = performance.now()

const alive = () => performance.now() - heard < silence
const now = () => Date.now() + offset

function mmss(ms) {
  const s = Math.max(0, Math.floor(ms / 1000))
  const two = (n) => String(n).padStart(2, '0')
  const h = Math.floor(s / 3600)
  return h ? `${h}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`
}

/** Writes every running clock, and how loud each wait is. */
function tick() {
  const at = now()
  const asOf = document.getElementById('as-of')
  if (asOf && alive()) asOf.textContent = localTime(at)
  for (const el of document.querySelectorAll('.clock')) {
    const { since, until } = el.dataset
    if (!since && !until) continue // stopped: the server says what it showed
    const text = until ? mmss(until - at + 999) : mmss(at - since)
    if (el.textContent !== text) el.textContent = text
  }
  for (const el of document.querySelectorAll('[data-wait]')) {
    if (el.dataset.wait === '0') continue
    const wait = at - el.dataset.wait
    const level = wait >= el.dataset.late ? 'late' : wait >= el.dataset.warn ? 'warn' : ''
    if (level) el.dataset.level = level
    else delete el.dataset.level
  }
}

/**
 * Makes old look like fresh by the smallest change, so that focus, selection and
 * what a screen reader is reading stay where they are. Elements with an id are
 * the same element wherever they stand.
 */
function morph(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && name !== 'data-level' && name !== 'open') old.removeAttribute(name)
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value)
  }
  if (old.dataset?.since || old.dataset?.until) return // tick writes what is inside
  let at = old.firstChild
  for (const child of [...fresh.childNodes]) {
    const same = match(old, at, child)
    if (!same) {
      old.insertBefore(child, at)
      continue
    }
    if (same === at) at = at.nextSibling
    else old.insertBefore(same, at)
    if (same.nodeType === Node.ELEMENT_NODE) morph(same, child)
    else if (same.nodeValue !== child.nodeValue) same.nodeValue = child.nodeValue
  }
  while (at) {
    const next = at.nextSibling
    at.remove()
    at = next
  }
}

/** The node under parent, at or after at, that child is a newer form of. */
function match(parent, at, child) {
  if (child.id) {
    const known = document.getElementById(child.id)
    return known && known.parentNode === parent ? known : null
  }
  const alike = at && at.nodeType === child.nodeType && at.nodeName === child.nodeName && !at.id
  return alike ? at : null
}

/** Puts fresh HTML into the region of that id. */
function swap(id, html) {
  const region = document.getElementById(id)
  if (!region) return
  const fresh = region.cloneNode(false)
  fresh.innerHTML = html
  const focused = region.contains(document.activeElement) ? document.activeElement : null
  morph(region, fresh)
  // What was moved, or made anew elsewhere under its id, has lost the focus.
  if (focused && focused !== document.activeElement) {
    const same = focused.isConnected ? focused : document.getElementById(focused.id)
    same?.focus({ preventScroll: true })
  }
}

/** Says how old the page is, when it is not live. */
function lost(since) {
  const el = document.getElementById('lost')
  if (!el || !el.hidden) return
  const text = document.createElement('p')
  text.className = 'alarm__title'
  text.textContent = `This board is not live. What it shows is as of ${localTime(since)}. Trying again.`
  el.replaceChildren(text)
  el.hidden = false
  live('Not live')
}

function live(text) {
  const el = document.getElementById('live')
  if (!el) return
  el.hidden = false
  el.dataset.state = text
  if (el.textContent !== text) el.textContent = text
}

const zoned = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: body.dataset.zone || undefined })
const zoneNamed = new Intl.DateTimeFormat('en-GB', { timeZone: body.dataset.zone || undefined, hour: 'numeric', timeZoneName: 'short' })
// In the hour that the wall shows twice GMT or BST stands behind the time.
const localTime = (ms) => {
  const text = zoned.format(new Date(ms))
  if (![-3600000, 3600000].some((by) => zoned.format(new Date(ms + by)) === text)) return text
  return `${text} ${zoneNamed.formatToParts(new Date(ms)).find((part) => part.type === 'timeZoneName').value}`
}

let last = now()

function hear(message) {
  heard = performance.now()
  last = message.at
  offset = message.at - Date.now()
  const el = document.getElementById('lost')
  if (el) el.hidden = true
  live(document.querySelector('[data-stale]') ? 'Calls not live' : 'Live')
}

function show(message) {
  const { title, ...parts } = message.parts ?? {}
  if (title) document.title = `${title} – ${body.dataset.service}`
  for (const [id, html] of Object.entries(parts)) swap(id, html)
  live(document.querySelector('[data-stale]') ? 'Calls not live' : 'Live')
  tick()
}

/** Reads this page again, and shows what is new in the region of that id. */
async function retell(id) {
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' } })
  if (!answer.ok) return
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById(id)
  if (fresh) swap(id, fresh.innerHTML)
  tick()
}

let due // of one's own page: at most every three seconds, however much happens
const retellOwn = () => {
  due ??= setTimeout(() => {
    due = undefined
    retell('own').catch(() => {}) // the stream says that the server is gone
  }, 3000)
}

/** Reads the list of the page again, when somebody looks at it. */
const again = () => {
  if (!document.hidden) retell('again').catch(() => {}) // the next time, then
}

function listen() {
  const stream = new EventSource('/events')
  stream.addEventListener('beat', (e) => hear(JSON.parse(e.data)))
  stream.addEventListener('board', (e) => {
    const message = JSON.parse(e.data)
    hear(message)
    if ('board' in body.dataset) show(message)
    else if ('own' in body.dataset) retellOwn()
    else if (message.touched?.includes(body.dataset.call)) retell('story')
  })
  // A refused stream is not tried again by the browser; a broken one is.
  stream.addEventListener('error', () => {
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 5000)
  })
}

if (document.getElementById('done')) {
  const here = new URL(location) // so that a reload does not say it again
  here.searchParams.delete('done')
  history.replaceState(null, '', here)
  setTimeout(() => document.getElementById('done')?.remove(), 20_000)
}

if (body.dataset.again) {
  setInterval(again, 1000 * Number(body.dataset.again))
  document.addEventListener('visibilitychange', again)
  setInterval(tick, 250)
  tick()
}

if ('board' in body.dataset || 'own' in body.dataset || body.dataset.call) {
  listen()
  setInterval(() => {
    tick()
    if (!alive()) lost(last)
  }, 250)
  tick()
}
