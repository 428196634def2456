// SPDX-License-Identifier: GPL-2.0
/*
 * The files of the page, as they are.
 */
#include "http.h"

#define FILE_AS(name, file)				\
	__asm__(".pushsection .rodata\n"		\
		".globl " #name "\n" #name ":\n"	\
		".incbin \"" PAGE_DIR "/" file "\"\n"	\
		".globl " #name "_end\n" #name "_end:\n"	\
		".byte 0\n.popsection\n")

FILE_AS(page_html, "page.html");
FILE_AS(page_css, "page.css");
FILE_AS(page_js, "page.js");
