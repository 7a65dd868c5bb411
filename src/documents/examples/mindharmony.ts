import type { Examples } from '../../http/openapi/examples.ts'

/** Values that a client may send. */
export const mindharmonyExamples: Examples = {
  username: 'exampleuser',
  email: 'user@example.com',
  password: 'examplepassword',
  id: 1,
  bio: 'I meditate every morning.',
  location: 'Nairobi',
  name: 'Session 1',
  date: '2024-07-06',
  duration: 60,
}
