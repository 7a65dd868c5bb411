import type { Model } from '../../providers/model.ts'
import type { ReadReferenceFile } from '../context.ts'

/**
 * The assistant for when no model is configured. It chooses one of a few prepared replies by keywords. Every reply states that
 * it comes from a program. It gives no diagnosis and no advice about medicine, and refers to people who can help.
 */

const KEYWORDS: readonly (readonly [RegExp, Topic])[] = [
  [/\b(are|r) (you|u) (a |an )?(real|human|person|bot|robot|ai|machine|program|computer|doctor|therapist)|who are you|what are you/, 'who'],
  [
    /\b(panic\w*|breath\w*|anxi\w*|heart (is )?(racing|pounding)|hyperventilat\w*|chest|shak(e|ing)|trembl\w*|scared|afraid|fear\w*|stress\w*)\b/,
    'breathing',
  ],
  [/\b(flash ?backs?|ground\w*|dissociat\w*|not real|unreal|numb|trigger\w*|memor(y|ies)|remember\w*|reliv\w*|back there)\b/, 'grounding'],
  [/\b(sleep\w*|nightmares?|insomnia|awake|night|nights|tired|dreams?|dreamt)\b/, 'sleep'],
  [/\b(angry|anger|rage|furious|mad|snapp?(ed|ing)?|irritat\w*)\b/, 'anger'],
  [/\b(call|alone|lonely|talk|somebody|someone|help|support|therapist|nobody)\b/, 'call'],
  [/\b(thanks?|thank you|thx|cheers)\b/, 'thanks'],
]

/** The replies of the assistant, by topic. */
type Topic = 'breathing' | 'grounding' | 'call' | 'sleep' | 'anger' | 'who' | 'welcome' | 'thanks'
type Replies = Readonly<Record<Topic | 'disclaimer', string>>

const topicOf = (text: string): Topic => {
  const normalized = text.normalize('NFKC').toLowerCase()
  const [, topic = 'welcome'] = KEYWORDS.find(([keywords]) => keywords.test(normalized)) ?? []
  return topic
}

/** The texts are stored with the assets: they would be 1.3 KiB of the compressed Worker. An isolate that needs them reads them once. */
export const createBuiltin = (readReferenceFile: ReadReferenceFile): Model => {
  let replies: Replies | undefined
  return {
    reply: async (turns) => {
      try {
        const texts: Replies = replies ?? JSON.parse(await readReferenceFile('assistant-replies.json'))
        replies = texts
        return `${texts.disclaimer}\n\n${texts[topicOf(turns.at(-1)?.text ?? '')]}`
      } catch {
        return null
      }
    },
  }
}
