import type { Model } from '../../providers/model.ts'

/**
 * The assistant for when no model is configured. It chooses one of a few prepared replies by keywords. Every reply says that
 * it comes from a program. It gives no diagnosis and no advice about medicine, and refers to people who can help.
 */

const DISCLAIMER = 'I am a program, not a person, and I know only a few things that help many people.'

const BREATHING = [
  'Let us slow your breathing down together:',
  '1. Breathe in through your nose while you count to four.',
  '2. Hold it while you count to four.',
  '3. Breathe out through your mouth while you count to six.',
  'Do it five times. Feel your feet on the ground while you do. This will pass.',
].join('\n')

const GROUNDING = [
  'Try to come back to where you are, with 5-4-3-2-1:',
  '5 things that you can see,',
  '4 things that you can touch,',
  '3 things that you can hear,',
  '2 things that you can smell,',
  '1 thing that you can taste.',
  'Say each of them aloud. What you remember is over; you are here, now.',
].join('\n')

const CALL = [
  'It helps to talk to somebody who knows you:',
  '- one of your emergency contacts, or your therapist,',
  '- our support staff, in the support chat,',
  '- if you may be in danger, the emergency services (112, 911, 999).',
  'You can also set off your alarm: it tells the people you chose.',
].join('\n')

const SLEEP = [
  'Nights are often the hardest. A few things that help many people:',
  'put on a light, sit up, and name the room that you are in; drink some water;',
  'breathe out longer than you breathe in; and do not fight for sleep, rest is enough for now.',
  'If the nights stay like this, tell your therapist: it can be treated.',
].join('\n')

const ANGER = [
  'Anger can be the alarm system at work after danger is over. Before you do anything else:',
  'step away for ten minutes, press your palms together hard while you count to ten, let go, and do it again.',
  'Then breathe out slowly. You decide what happens next.',
].join('\n')

const WHO =
  'I answer from a small set of texts. I do not understand you as a person would, and I cannot see or call anybody. Our support staff are people.'

const WELCOME =
  'I am glad that you wrote. Say "breathe" for a breathing exercise, "ground" for 5-4-3-2-1, "sleep" for bad nights, or "call" for who to talk to.'

const THANKS = 'You are welcome. Come back whenever you need to.'

const REPLIES: readonly (readonly [RegExp, string])[] = [
  [/\b(are|r) (you|u) (a |an )?(real|human|person|bot|robot|ai|machine|program|computer|doctor|therapist)|who are you|what are you/, WHO],
  [
    /\b(panic\w*|breath\w*|anxi\w*|heart (is )?(racing|pounding)|hyperventilat\w*|chest|shak(e|ing)|trembl\w*|scared|afraid|fear\w*|stress\w*)\b/,
    BREATHING,
  ],
  [/\b(flash ?backs?|ground\w*|dissociat\w*|not real|unreal|numb|trigger\w*|memor(y|ies)|remember\w*|reliv\w*|back there)\b/, GROUNDING],
  [/\b(sleep\w*|nightmares?|insomnia|awake|night|nights|tired|dreams?|dreamt)\b/, SLEEP],
  [/\b(angry|anger|rage|furious|mad|snapp?(ed|ing)?|irritat\w*)\b/, ANGER],
  [/\b(call|alone|lonely|talk|somebody|someone|help|support|therapist|nobody)\b/, CALL],
  [/\b(thanks?|thank you|thx|cheers)\b/, THANKS],
]

const builtinReply = (text: string): string => {
  const normalized = text.normalize('NFKC').toLowerCase()
  const [, reply = WELCOME] = REPLIES.find(([keywords]) => keywords.test(normalized)) ?? []
  return `${DISCLAIMER}\n\n${reply}`
}

export const builtin: Model = {
  reply: async (turns) => builtinReply(turns.at(-1)?.text ?? ''),
}
