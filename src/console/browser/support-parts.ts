import { contactAnswers } from './contact-answers.ts'
import { RegisterForm } from './register-form.ts'

/** What the support page needs, but not at once. It is loaded after the page: a call for help must not wait for it. */
export const supportParts = { contactAnswers, RegisterForm }
