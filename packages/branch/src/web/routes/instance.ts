import { LANGUAGES } from '@understory/http/language.ts';
import {
	domainBlocks,
	extendedDescription,
	instance,
	olderInstance,
	privacyPolicy,
	rules,
} from '../api/instance.ts';
import { PLATE, plate } from '../plate.ts';
import { keepAnswer } from '../public-pages.ts';
import type { Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** What a branch says of itself to software: the part of Mastodon's API that asks for no account. */
export const INSTANCE_ROUTES: readonly Route[] = [
	said('/api/v2/instance', instance),
	said('/api/v1/instance', olderInstance),
	said('/api/v1/instance/rules', rules),
	said('/api/v1/instance/domain_blocks', domainBlocks),
	said('/api/v1/instance/extended_description', extendedDescription),
	said('/api/v1/instance/privacy_policy', privacyPolicy),
	{ method: 'get', path: PLATE, need: 'nobody', run: showPlate },
];

/** Said in the first language of the library, whoever asks: apps keep it for all of their people. */
function said(path: string, make: (web: Web, visit: Visit) => object): Route {
	return {
		method: 'get',
		path,
		need: 'nobody',
		run(web, visit) {
			const [first] = web.context.current.library().languages;
			const language = LANGUAGES.find((one) => one === first) ?? 'en';
			const body = Buffer.from(JSON.stringify(make(web, { ...visit, language })));
			keepAnswer(visit.response, 'application/json; charset=utf-8', body);
		},
	};
}

function showPlate(web: Web, visit: Visit): void {
	keepAnswer(visit.response, 'image/svg+xml; charset=utf-8', Buffer.from(plate(web)));
}
