// Starts the design system's own behaviour. It is a file, not a line in the
// page, because the content security policy allows nothing inline.
import { initAll } from './vendor/nhsuk-frontend.min.js'

document.body.classList.add('js-enabled', 'nhsuk-frontend-supported')
initAll()
