// Light, dark, or as the system has it.

import { attribute, text } from './dom.js';

const NEXT = { auto: 'light', light: 'dark', dark: 'auto' };
const SIGNS = { auto: '◐', light: '☀', dark: '☾' };
const KEY = 'lambda-queue-theme';

const button = document.getElementById('theme');
let theme = 'auto';

export function startTheme() {
  try {
    theme = localStorage.getItem(KEY) ?? 'auto';
  } catch {
    // Storage may be switched off; then the system decides each time.
  }
  if (!(theme in NEXT)) theme = 'auto';
  button.addEventListener('click', nextTheme);
  apply();
}

export function nextTheme() {
  theme = NEXT[theme];
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // As above.
  }
  apply();
}

function apply() {
  attribute(document.documentElement, 'data-theme', theme === 'auto' ? null : theme);
  text(button, SIGNS[theme]);
  const said = `Colours: ${theme === 'auto' ? 'as the system' : theme}`;
  attribute(button, 'aria-label', `${said}. Change to ${NEXT[theme]}.`);
  attribute(button, 'title', `${said} (t)`);
}
