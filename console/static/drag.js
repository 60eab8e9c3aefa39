// Dragging one person's shift onto another's, in the week, opens the form of a
// swap filled in. It changes nothing by itself, and everything it does can be
// done from the shift's page: dragging is never the only way.

let held = null

const shiftOf = (el) => el?.closest?.('[data-slot]')
const fits = (to) => held && to && to !== held && to.dataset.person !== held.dataset.person && to.dataset.tier === held.dataset.tier

document.addEventListener('dragstart', (e) => {
  held = shiftOf(e.target)
  if (!held) return
  e.dataTransfer.effectAllowed = 'link'
  e.dataTransfer.setData('text/plain', held.textContent.trim())
  held.classList.add('dragged')
})

document.addEventListener('dragover', (e) => {
  const to = shiftOf(e.target)
  document.querySelector('.drop-here')?.classList.remove('drop-here')
  if (!fits(to)) return
  e.preventDefault()
  e.dataTransfer.dropEffect = 'link'
  to.classList.add('drop-here')
})

document.addEventListener('drop', (e) => {
  const to = shiftOf(e.target)
  if (!fits(to)) return
  e.preventDefault()
  const { person, slot } = held.dataset
  location.assign(`/rota/change/swap?${new URLSearchParams({ person, gives: slot, takes: `${to.dataset.person}|${to.dataset.slot}` })}`)
})

document.addEventListener('dragend', () => {
  for (const el of document.querySelectorAll('.dragged, .drop-here')) el.classList.remove('dragged', 'drop-here')
  held = null
})
