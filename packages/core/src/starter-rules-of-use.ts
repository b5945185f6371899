import type { Rule } from './rule.ts';

/** Starter rules about how the place is used, so that everybody can: each counts or names what somebody does, and none what they think. */
export const STARTER_RULES_OF_USE: readonly Rule[] = [
	{
		id: 'no-advertising',
		version: 1,
		title: { en: 'No advertising', es: 'Sin publicidad' },
		text: {
			en: 'Do not use the branch to sell goods or services for money. Telling people about your shop once, when asked, is not advertising.',
			es: 'No use la sucursal para vender bienes o servicios. Hablar de su tienda una vez, si le preguntan, no es publicidad.',
		},
		test: {
			en: 'Does the post offer goods or services for money without anybody having asked?',
			es: '¿El mensaje ofrece bienes o servicios por dinero sin que nadie lo pida?',
		},
		examples_yes: {
			en: ['“Roof repair, 20 % off this week, call now.”'],
			es: ['«Reparo techos, 20 % de descuento esta semana, llame ya».'],
		},
		examples_no: {
			en: ['“Does anybody repair roofs?” – “I do, write to me.”', '“Free seedlings on my porch.”'],
			es: ['«¿Alguien repara techos?» – «Yo, escríbame».', '«Plantitas gratis en mi porche».'],
		},
		greatest_first_action: 'content_hidden',
	},
	{
		id: 'no-flooding',
		version: 1,
		title: { en: 'No flooding', es: 'Sin inundar' },
		text: {
			en: 'Do not post the same thing again and again so that others cannot find their way.',
			es: 'No publique lo mismo una y otra vez de modo que los demás no encuentren lo suyo.',
		},
		test: {
			en: 'Were there more than three posts of the same content in one day?',
			es: '¿Hubo más de tres mensajes con el mismo contenido en un día?',
		},
		examples_yes: {
			en: ['The same call to a meeting, posted nine times on a Monday.'],
			es: ['La misma convocatoria, publicada nueve veces un lunes.'],
		},
		examples_no: {
			en: ['The same call to a meeting on Monday and again on Friday.'],
			es: ['La misma convocatoria el lunes y otra vez el viernes.'],
		},
		greatest_first_action: 'content_hidden',
	},
	{
		id: 'no-unwanted-contact',
		version: 1,
		title: { en: 'Stop when somebody asks you to stop', es: 'Pare cuando alguien le pida que pare' },
		text: {
			en: 'When a person has asked you to stop writing to them, or has blocked you, do not write to them again here, under this name or another.',
			es: 'Cuando alguien le ha pedido que deje de escribirle, o le ha bloqueado, no vuelva a escribirle aquí, con este nombre ni con otro.',
		},
		test: {
			en: 'Did the person ask to stop, or block, before the message was written?',
			es: '¿La persona pidió que parara, o bloqueó, antes de que se escribiera el mensaje?',
		},
		examples_yes: {
			en: ['A fourth message to somebody who answered “please do not write to me”.'],
			es: ['Un cuarto mensaje a quien contestó «por favor, no me escriba».'],
		},
		examples_no: {
			en: ['Answering in a public conversation of many, without naming that person.'],
			es: ['Contestar en una conversación pública de muchos, sin nombrar a esa persona.'],
		},
		greatest_first_action: 'account_limited',
	},
	{
		id: 'no-attacks-on-the-service',
		version: 1,
		title: { en: 'No attacks on computers or accounts', es: 'Sin ataques a computadoras ni cuentas' },
		text: {
			en: 'Do not post software that harms computers or pages that steal passwords or card numbers, and do not try to break the service.',
			es: 'No publique programas que dañan computadoras ni páginas que roban contraseñas o números de tarjeta, y no intente romper el servicio.',
		},
		test: {
			en: 'Does the link or file do this, tried in a safe place?',
			es: '¿El enlace o el archivo hace esto, probado en un lugar seguro?',
		},
		examples_yes: {
			en: ['A link to a page that looks like the card sign-in and is at another address.'],
			es: ['Un enlace a una página igual a la de la tarjeta, en otra dirección.'],
		},
		examples_no: {
			en: ['A talk that explains how such pages are recognized.'],
			es: ['Una charla que explica cómo se reconocen esas páginas.'],
		},
		greatest_first_action: 'account_suspended',
		down_during_appeal: true,
	},
	{
		id: 'mark-sensitive-media',
		version: 1,
		title: {
			en: 'Mark pictures people may want to choose to see',
			es: 'Marque las imágenes que otros quizá quieran elegir ver',
		},
		text: {
			en: 'Mark pictures and films of nudity, surgery or dead or injured people or animals, so that each reader decides.',
			es: 'Marque las imágenes y películas de desnudos, cirugías o personas o animales muertos o heridos, para que cada lector decida.',
		},
		test: {
			en: 'Does the picture show one of these, and was it not marked?',
			es: '¿La imagen muestra algo de esto y no se marcó?',
		},
		examples_yes: {
			en: ['An unmarked photograph of a wound.'],
			es: ['Una fotografía de una herida, sin marcar.'],
		},
		examples_no: {
			en: ['A marked photograph of a wound.', 'A drawing of a skeleton for Day of the Dead.'],
			es: ['Una fotografía de una herida, marcada.', 'El dibujo de un esqueleto para el Día de Muertos.'],
		},
		greatest_first_action: 'media_marked_sensitive',
	},
];
