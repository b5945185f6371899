import { MOST_CHOICES, OPEN_FOR, type PollForm } from '../services/question.ts';
import { field, type Visit } from './visit.ts';
import type { Web } from './web.ts';

/** How long a question is open when nobody says otherwise, in hours. */
const USUAL = 72;

/** A question as it came with a form. */
export function pollIn(visit: Visit): PollForm {
	const choices = Array.from({ length: MOST_CHOICES }, (_, n) => field(visit, `choice_${n + 1}`));
	return { choices, many: field(visit, 'poll_many') === 'yes', hours: field(visit, 'poll_hours') };
}

/** The fields of a question, around what was filled in. */
export function pollFields(web: Web, visit: Visit, poll: PollForm | undefined) {
	const filled = poll?.choices.some((choice) => choice.trim() !== '') === true;
	const hours = Number(poll?.hours || USUAL);
	return {
		opened: filled,
		many: poll?.many === true,
		choices: Array.from({ length: MOST_CHOICES }, (_, n) => ({
			id: `choice_${n + 1}`,
			label: web.views.design.t(visit.language, 'polls.choice', { number: n + 1 }),
			value: poll?.choices[n] ?? '',
		})),
		times: OPEN_FOR.map((one) => ({
			value: one,
			label: web.views.design.t(visit.language, one < 24 ? 'polls.hours' : 'polls.days', {
				count: one < 24 ? one : one / 24,
			}),
			selected: one === hours,
		})),
	};
}
