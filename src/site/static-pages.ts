import { html } from 'hono/html'
import type { Contract } from '../http/routing/contract.ts'
import { head } from './pages.ts'

/** The pages that src/cli/build-assets.ts stores with the assets: their HTML would be 2 KiB of the compressed Worker. */

/** The frames of the support chat's sockets (AsyncAPI 3). */
const SOCKET_DOCUMENT = '/docs/assets/asyncapi.json'

export const homePage = (contracts: readonly Contract[]) => html`<!doctype html>
<html lang="en">
  <head>
    ${head('Concord')}
    <meta name="description" content="One backend, five REST APIs, one account." />
  </head>
  <body class="plain">
    <main>
      <h1>Concord</h1>
      <p>One backend serves five REST APIs from one origin. One account works with all five.</p>
      <table>
        <caption>Contracts</caption>
        <thead><tr><th scope="col">Contract</th><th scope="col">Paths</th><th scope="col">Document</th></tr></thead>
        <tbody>
          ${contracts.map(
            ({ name, title, prefixes }) => html`<tr>
            <th scope="row"><a href="/docs#${name}">${title}</a></th>
            <td>${prefixes.map((prefix) => html`<code>${prefix}</code> `)}</td>
            <td><a href="/docs/openapi/${name}.json">OpenAPI 3.1</a></td>
          </tr>`,
          )}
        </tbody>
      </table>
      <p><a href="/docs">API reference</a>, where you can try every call · <a href="${SOCKET_DOCUMENT}">Sockets of the support chat (AsyncAPI 3)</a> · <a href="/health">Health check</a></p>
      <p>You have two accounts? <a href="/account/join">Join them</a>.</p>
    </main>
  </body>
</html>`

type Markup = ReturnType<typeof html>

/** `first` is the reference of the first contract. The others are loaded when the user chooses them. */
export const docsPage = (contracts: readonly Contract[], first: Markup) => html`<!doctype html>
<html lang="en">
  <head>
    ${head('Concord API reference')}
    <meta name="description" content="Every operation of the five contracts, with a form to try it." />
    <link rel="stylesheet" href="/docs/assets/reference.css" />
    <script src="/docs/assets/reference.js" defer></script>
  </head>
  <body>
    <header class="bar">
      <a class="home" href="/">Concord</a>
      <nav aria-label="Contracts">
        ${contracts.map(({ name, title }) => html`<a href="#${name}" data-contract="${name}">${title}</a>`)}
        <a href="${SOCKET_DOCUMENT}">Sockets</a>
      </nav>
      <div id="account">
        <form method="post">
          <label>Username <input name="username" autocomplete="username" required /></label>
          <label>Password <input name="password" type="password" autocomplete="current-password" required /></label>
          <button>Log in</button>
        </form>
        <output></output>
        <button id="logout" type="button" hidden>Log out</button>
      </div>
    </header>
    <main class="reference">
      <noscript><p>Without JavaScript you see one contract, and cannot send requests. The OpenAPI documents of all: ${contracts.map(
        ({ name }) => html`<a href="/docs/openapi/${name}.json">${name}</a> `,
      )}</p></noscript>
      <label>Filter <input id="filter" type="search" placeholder="a path, a word" autocomplete="off" /></label>
      <div id="reference">${first}</div>
    </main>
  </body>
</html>`

const accountFields = (which: string, legend: string, note: string, contracts: readonly Contract[]) => html`<fieldset id="${which}">
          <legend>${legend}</legend>
          <p>${note}</p>
          <label for="${which}-contract">App</label>
          <select id="${which}-contract" name="${which}-contract" required>
            <option value="">Choose the app</option>
            ${contracts.map(({ name, title }) => html`<option value="${name}">${title}</option>`)}
          </select>
          <label for="${which}-username">Username</label>
          <input id="${which}-username" name="${which}-username" autocomplete="section-${which} username" autocapitalize="none" spellcheck="false" required />
          <label for="${which}-password">Password</label>
          <input id="${which}-password" name="${which}-password" type="password" autocomplete="section-${which} current-password" required />
        </fieldset>`

/** For a person who had an account on two former servers. The script logs in to the first account, joins the other one, and logs out. */
export const joinPage = (contracts: readonly Contract[]) => html`<!doctype html>
<html lang="en">
  <head>
    ${head('Join two accounts')}
    <meta name="description" content="For a person who has two accounts: one of them gets everything of the other one." />
    <script src="/docs/assets/join.js" defer></script>
  </head>
  <body class="plain link-page">
    <main>
      <h1>Join two accounts</h1>
      <p>If you have used two of the apps with two accounts, you can make them one. The account that you keep gets everything that belongs
        to the other one, and the other one is deleted.</p>
      <ul>
        <li>You log in to each app with the same username as before, and with the password of the account that you keep.</li>
        <li>Your e-mail address, phone number, names and picture are those of the account that you keep; what it lacks comes from the other one.</li>
        <li>Devices that are logged in to the other account are logged out.</li>
        <li>Two accounts that were both used in the same app cannot be joined.</li>
      </ul>
      <noscript><p class="error">This page needs JavaScript.</p></noscript>
      <form id="join" method="post">
        ${accountFields('kept', 'The account that you keep', 'If one of them was used in Recovery, it is this one.', contracts)}
        ${accountFields('other', 'The other account', 'It is deleted after its data has been moved.', contracts)}
        <label class="check"><input type="checkbox" name="confirmed" required /> I know that this cannot be undone.</label>
        <div id="error" role="alert"></div>
        <button>Join the accounts</button>
      </form>
      <div id="done" tabindex="-1" hidden>
        <h2>The accounts are joined</h2>
        <p>From now on, log in with the password of the account that you have kept, and with these usernames:</p>
        <dl></dl>
      </div>
    </main>
  </body>
</html>`
