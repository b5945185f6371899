import { toCloth } from '@understory/design/cloth.ts';
import { escapeHtml } from '../services/plain-text.ts';
import type { Web } from './web.ts';

/** Where the plate of a branch is drawn, for software that shows a picture of each server. */
export const PLATE = '/plate.svg';

/** The plate over the door: the cloth of the branch, its mark and its name. */
export function plate({ context, views }: Web): string {
	const { code, name, cloth } = context.current.branch();
	const font = 'font-family="Georgia, serif" fill="#fffdf4" text-anchor="middle"';
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630" viewBox="0 0 1200 630" role="img" aria-label="${escapeHtml(name)}">`,
		`<rect width="1200" height="630" fill="${views.design.colors.get(toCloth(cloth))}"/>`,
		`<text x="600" y="330" font-size="190" ${font}>${escapeHtml(code)}</text>`,
		`<text x="600" y="460" font-size="64" ${font}>${escapeHtml(name)}</text>`,
		'</svg>',
	].join('');
}
