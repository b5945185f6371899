import type { HistoryLine } from '../../store/history.ts';
import { deedOf } from '../deeds.ts';
import { KIND_OF_STATE } from '../operation-pages.ts';

/** What the audit names by an id alone says nothing to people; the page names it, or is that thing's own. */
const IDS = /\b(?:branch|library) [0-9a-f-]{36}\b|^[0-9a-f-]{36}$/g;
/** No subject is shown at greater length. */
const LONGEST = 300;

/** A line of a history as pages show it. */
export function shownLine(line: HistoryLine, maybe: (key: string) => string | null) {
	const { at, by, what, state, problem, operation, subject, branch } = line;
	const about = (subject ?? '')
		.replaceAll(IDS, '')
		.replaceAll(/\s*\b(?:of|bodies of|records of)\s*:?\s*$/g, '');
	return {
		...{ at, by, what: deedOf(what, maybe), problem, operation },
		state: state && { kind: KIND_OF_STATE[state], label: `life.state.${state}` },
		branch: branch && { ...branch, href: `/libraries/${branch.library}/branches/${branch.slug}` },
		about: about.trim().slice(0, LONGEST) || null,
	};
}
