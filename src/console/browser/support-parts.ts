/** What the support page needs, but not at once. It is loaded after the page: a call for help must not wait for it. */
export { contactAnswers } from './contact-answers.ts'
export { RegisterForm } from './register-form.ts'
