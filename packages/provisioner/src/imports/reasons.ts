/** Why a row is not taken in as it stands, or why a branch is proposed for closing: in English, as the API says it. The console has its words by these names. */
const SENTENCES = {
	bookmobile: 'A bookmobile has no door to knock on.',
	books_by_mail: 'Books by mail have no door to knock on.',
	closed: 'Closed, says the survey.',
	temporarily_closed: 'Closed for a time, says the survey.',
	survey_key: 'FSCSKEY is not in its form (OR0063).',
	survey_keys: 'FSCSKEY or FSCS_SEQ is not in its form (OR0063, 005).',
	survey_outlet: 'C_OUT_TY is "{value}", which is not an outlet we know.',
	survey_name: 'LIBNAME is empty.',
	too_long: '{column} is longer than {most} letters.',
	library_label: 'library is no label of small letters, digits and hyphens.',
	branch_label:
		'branch is no label of small letters, digits and hyphens; card, www and a few others are taken.',
	name: 'name is empty, or longer than 100 letters.',
	city: 'city is empty.',
	home: 'home is neither shared nor dedicated.',
	zone: 'zone is no time zone such as America/Los_Angeles.',
	location: 'north and east are not degrees such as 45.516 and -122.623.',
	half_a_door: 'A door is host, place, hours and deputy together.',
	hours: 'hours are not written as in Mo-Fr 10:00-18:00; Sa 10:00-16:00.',
	twice: '{key} stands in line {line} already.',
	no_library: 'There is no library {library}. Make it first, or say its library_name and region in each row.',
	lives_elsewhere: 'It lives in a {home} home already. Move it by an operation of its own.',
	other_library: 'This row is of another library. Here only rows of {own} are taken in.',
	quota_branches:
		'The quota of branches is {most}, with those that are only listed, and it is full. For more, ask {ask}.',
	quota_dedicated:
		'The quota of homes of their own is {most}, with those of branches that are only listed, and it is full. For more, ask {ask}.',
	not_in_survey: 'The file has no open branch with this key.',
	not_in_file: 'The file has no such branch.',
} as const;

/** A reason, with what it names. */
export interface Why {
	readonly code: keyof typeof SENTENCES;
	readonly values?: Readonly<Record<string, string | number>>;
}

/** Every code, for whoever has words for them. */
export const REASONS = Object.keys(SENTENCES) as readonly Why['code'][];

export function sentenceOf({ code, values = {} }: Why): string {
	return SENTENCES[code].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
}
