import * as z from 'zod/mini'
import type { Documentation } from '../http/openapi/document.ts'
import { errorSchema } from '../http/openapi/error-schemas.ts'
import { commonProperties } from './common.ts'
import { facilityExamples } from './examples/facility.ts'
import { facilityResponses } from './responses/facility.ts'

/** One text alone, or several of them. */
const Texts = z.union([z.string(), z.array(z.string())])

export const facility: Documentation = {
  description: 'A curriculum app for facilities. Every response is `{"detail": …, "data": …}`. A session cookie identifies the caller.',

  errors: [errorSchema('FieldDetails', { detail: z.record(z.string(), Texts) })],

  operations: {
    register: 'Missing and ill-sized fields are reported together; then the password rules, the mismatch, and a taken username.',
    getAccount: 'Returns the account that the session cookie belongs to.',
    changeAccount: 'Fields that are not sent stay unchanged. Errors of `theme` and `text_size` are under `non_field_errors`.',
    logIn: 'A request that a page of another site sent is rejected, because it would log its visitor in to an account of that site.',
    logOut: 'The response clears the cookie.',
  },

  responses: facilityResponses,
  examples: facilityExamples,

  properties: {
    ...commonProperties,
    'FieldDetails.detail': 'The text for each invalid field, under its name; a list where there are several.',
    data: 'What was asked for.',
    id: 'The id of the account, the same in every contract with numeric ids.',
    display_name: 'The name that others see.',
    facility_id: 'The facility that the user belongs to. An empty string if it is not known.',
    profile_picture: 'A URL or a path, shown as it was given. An empty string if there is none.',
    'changeAccount.profile_picture': 'A URL or a path. Null and an empty string take the picture away.',
    consent: 'Whether the user has given their consent.',
    preferences: 'How the user wants to see the app.',
    theme: 'The colours of the app.',
    text_size: 'The size of the text in the app, as a class name.',
    'register.email': 'It may be left out or empty.',
    first_name: 'It may be empty.',
    last_name: 'It may be empty.',
    firstName: 'An empty string if it is not known.',
    lastName: 'An empty string if it is not known.',
  },
}
