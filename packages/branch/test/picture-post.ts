import { expect } from 'chai';
import sharp from 'sharp';
import { type Browser, call } from './browser.ts';
import { multipart } from './multipart.ts';

/** Posts a picture as somebody does from the page; returns the path of the post. */
export async function writePicture(
	origin: string,
	port: number,
	who: Browser,
	scope: string,
): Promise<string> {
	const bytes = await sharp({ create: { width: 40, height: 20, channels: 3, background: '#4a6' } })
		.jpeg()
		.toBuffer();
	const token = /name="_csrf" value="([^"]+)"/.exec((await who.get('/home')).body)?.[1] ?? '';
	const form = { _csrf: token, language: 'en', text: 'xd-picture #plums', scope, description: 'Plums' };
	const { body, type } = multipart(form, [{ name: 'plum.jpg', bytes }]);
	const { host } = new URL(origin);
	const headers = { host, origin, cookie: who.cookie ?? '', 'content-type': type, accept: 'text/html' };
	const answer = await call(port, 'POST', '/posts', headers, body);
	expect(answer.status, answer.body).to.equal(303);
	return answer.headers.location!;
}
