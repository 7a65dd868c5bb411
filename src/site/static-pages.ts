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
