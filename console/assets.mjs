// Copies the design system out of node_modules to where go:embed finds it:
//
//	node console/assets.mjs
//
// What may not go out with us is left behind: the Frutiger typeface, which is
// licensed to NHS organisations only, and every address of another host, which
// the pages' content security policy would refuse anyway. The run fails when
// anything of either kind is left, so that a new version cannot bring it back.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const from = join(here, '..', 'node_modules', 'nhsuk-frontend')
const to = join(here, 'static', 'vendor')
const wanted = '10.6.1'

const { version } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'))
if (version !== wanted) {
  throw new Error(`nhsuk-frontend is ${version}, this file was checked against ${wanted}: look at what changed, then raise it here`)
}

/** The style sheet without typeface, icons (no page uses them) and source map. */
function css(text) {
  return text
    .replace(/@font-face\s*\{[^}]*\}/g, '')
    .replace(/(["']?)Frutiger W01\1\s*,\s*/g, '')
    .replace(/font-family:\s*(["']?)Frutiger W01\1\s*;?/g, '')
    .replace(/url\((["']?)\/assets\/[^)]*\)/g, 'none')
    .replace(/\/\*# sourceMappingURL=[^*]*\*\//g, '')
}

/** The script without its source map. */
const js = (text) => text.replace(/\/\/# sourceMappingURL=\S*/g, '')

/** Fails when text holds what must not go out. */
function clean(name, text) {
  for (const [what, pattern] of [
    ['a typeface', /@font-face|Frutiger/i],
    ['an address of another host', /(?:url\(|@import|src=|fetch\()[\s"']*(?:https?:)?\/\//i],
    ['an NHS asset', /assets\.nhs\.uk/i],
    ['a file that is not copied', /url\(\s*["']?(?!data:)/i],
  ]) {
    const found = text.match(pattern)
    if (found) {
      throw new Error(`${name} still holds ${what}: …${text.slice(Math.max(0, found.index - 40), found.index + 80)}…`)
    }
  }
  return text
}

rmSync(to, { recursive: true, force: true })
mkdirSync(to, { recursive: true })
for (const [name, edit] of [['nhsuk-frontend.min.css', css], ['nhsuk-frontend.min.js', js]]) {
  const text = edit(readFileSync(join(from, 'dist', 'nhsuk', name), 'utf8'))
  writeFileSync(join(to, name), clean(name, text))
}
copyFileSync(join(here, 'LICENSE-nhsuk-frontend.txt'), join(to, 'LICENSE.txt'))
console.log(`nhsuk-frontend ${version} copied to console/static/vendor`)
