import { BadInput } from '@understory/core/errors.ts';

/** Texts by their languages, from words such as `en=New shelves.`. Throws `BadInput` that names the option. */
export function textsByLanguage(option: string, said: readonly string[]): Record<string, string> {
	return Object.fromEntries(
		said.map((one) => {
			const [, language, text] = /^([a-z]{2,3}(?:-[A-Za-z0-9]+)*)=(.*)$/s.exec(one) ?? [];
			if (language === undefined || text === undefined)
				throw new BadInput(`Write ${option} en="…", not "${one}".`);
			return [language, text];
		}),
	);
}
