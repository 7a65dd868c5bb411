import { html } from 'hono/html'
import {
  type ContentByType,
  isBinary,
  type Operation,
  type Parameter,
  propertiesOf,
  type ReferenceDocument,
  resolve,
  type Schema,
  schemaOf,
} from './document.ts'
import { exampleOf } from './examples.ts'
import { fieldList, schemaLink, textOf } from './fields.ts'
import { typeText } from './types.ts'

/** The reference of one contract: its operations, each with a form that sends a request, and its schemas. */

const JSON_TYPE = 'application/json'
const FORM_TYPE = 'multipart/form-data'

const pretty = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))

const parameterField = ({ name, in: place, required, schema, description }: Parameter, document: ReferenceDocument) => {
  // A value for the query would be a filter that the user has not chosen.
  const value = place === 'path' ? pretty(exampleOf(schema, document)) : ''
  const text = textOf(description)
  return html`<label><span><code>${name}</code> <span class="type">${place}, ${typeText(schema, document)}${required ? ', required' : ''}</span></span>
    ${text && html`<span class="hint">${text}</span>`}
    <input name="${name}" data-in="${place}" value="${value}"${required ? html` required` : ''} autocomplete="off" /></label>`
}

const schemaIn = (content: ContentByType, type: string): Schema => schemaOf(content[type]?.schema)

/** The files that a body may contain, by the names of their fields. */
const filesIn = (content: ContentByType, document: ReferenceDocument): string[] =>
  propertiesOf(resolve(schemaIn(content, FORM_TYPE), document)).flatMap(([name, schema]) => (isBinary(schema) ? [name] : []))

/** `id` is that of the field for the body. */
const bodyFields = (id: string, content: ContentByType, document: ReferenceDocument) => {
  const type = JSON_TYPE in content ? JSON_TYPE : Object.keys(content)[0]
  if (type === undefined) return ''
  const example = content[type]?.example ?? exampleOf(schemaIn(content, type), document)
  const text = pretty(example)
  return html`<label for="${id}">Body, as JSON</label>
    <textarea id="${id}" name="body" rows="${Math.min(16, text.split('\n').length + 1)}" spellcheck="false">${text}</textarea>
    ${filesIn(content, document).map((name) => html`<label><span>File <code>${name}</code></span> <input type="file" name="${name}" data-in="file" /></label>`)}`
}

/** The fields of the form of multipart/form-data are all of them: JSON leaves out files. */
const bodySchema = (content: ContentByType): Schema => schemaIn(content, FORM_TYPE in content ? FORM_TYPE : (Object.keys(content)[0] ?? ''))

const responseItem = (
  [status, { description, content = {} }]: readonly [string, Operation['responses'][string]],
  contract: string,
  document: ReferenceDocument,
) => {
  const [first] = Object.entries(content)
  const schema = schemaOf(first?.[1].schema)
  const given = first?.[1].example
  const named = Object.values(schemaOf(first?.[1].examples)).map((example) => schemaOf(example).value)
  const examples = given === undefined ? named : [given]
  return html`<li><strong>${status}</strong> ${description}
    ${first && html`<span class="type">${first[0]} ${schemaLink(schema, contract)}</span>`}
    ${Number(status) < 400 ? fieldList(schema, document) : ''}
    ${examples.map((example) => html`<pre tabindex="0" role="group" aria-label="Example of ${status}">${pretty(example)}</pre>`)}</li>`
}

/** Whether a request without any credential is rejected. */
const needsLogIn = ({ security }: Operation): boolean => security.length > 0 && security.every((scheme) => Object.keys(scheme).length > 0)

const operationItem = (contract: string, path: string, method: string, operation: Operation, document: ReferenceDocument) => {
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation
  // A page cannot make the handshake of a socket with a form.
  const isSocket = '101' in responses
  return html`<details id="${contract}/${operationId}" data-method="${method.toUpperCase()}" data-path="${path}">
    <summary><span class="method">${method.toUpperCase()}</span> <code>${path}</code> <span class="summary">${summary}</span></summary>
    <div class="operation">
      ${description && html`<p>${description}</p>`}
      <p class="hint">Operation id: <code>${operationId}</code>${needsLogIn(operation) ? '. Needs a log-in.' : ''}</p>
      <form class="try">
        ${parameters.map((parameter) => parameterField(parameter, document))}
        ${requestBody && bodyFields(`${contract}/${operationId}/body`, requestBody.content, document)}
        ${isSocket ? html`<p>This path is a <a href="/docs/assets/asyncapi.json">WebSocket</a>.</p>` : html`<button>Send the request</button>`}
        <div class="response" role="status"></div>
      </form>
      ${requestBody && html`<h3>Fields of the body</h3>${fieldList(bodySchema(requestBody.content), document)}`}
      <h3>Responses</h3>
      <ul class="responses">${Object.entries(responses).map((response) => responseItem(response, contract, document))}</ul>
    </div>
  </details>`
}

interface Listed {
  readonly path: string
  readonly method: string
  readonly operation: Operation
}

export const contractReference = (name: string, document: ReferenceDocument) => {
  const operations: readonly Listed[] = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const groups = Map.groupBy(operations, ({ operation }) => operation.tags[0] ?? '')
  return html`<h1>${document.info.title}</h1>
<p>${document.info.description} The same as <a href="/docs/openapi/${name}.json">OpenAPI 3.1 document</a>.</p>
${[...groups].map(
  ([tag, listed]) => html`<section><h2>${tag}</h2>
${listed.map(({ path, method, operation }) => operationItem(name, path, method, operation, document))}</section>`,
)}
<section><h2>Schemas</h2>
${Object.entries(document.components.schemas).map(
  ([schema, value]) => html`<details id="${name}/schemas/${schema}"><summary><code>${schema}</code></summary>
<div class="operation"><p class="type">${typeText(schemaOf(value), document)}</p>${fieldList(schemaOf(value), document)}</div></details>`,
)}</section>`
}
