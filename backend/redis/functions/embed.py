#!/usr/bin/env python3
"""Puts the function library together, as Lua and as a C file: embed.py PRELUDE.lua LINES.lua AUDIT.lua FILE.lua... OUT.c OUT.lua"""

import hashlib
import sys

SHARED = 3  # the first so many: what is local to them is there for all


def c_string(data):
    lines = []
    for line in data.splitlines(keepends=True):
        text = ''.join(chr(b) if 32 <= b < 127 and b not in b'"\\?' else f'\\{b:03o}' for b in line)
        lines.append(f'\t"{text}"')
    return '\n'.join(lines)


def main():
    *sources, out_c, out_lua = sys.argv[1:]
    body = b'\n'.join(open(shared, 'rb').read() for shared in sources[:SHARED])
    for noun in sources[SHARED:]:
        # A block each: what is local to a file stays in it.
        body += b'\ndo\n' + open(noun, 'rb').read() + b'\nend\n'
    digest = hashlib.sha256(body).hexdigest()
    source = (
        b'#!lua name=gridvanguard\n'
        b"redis.register_function{function_name = 'library_hash', flags = {'no-writes'},\n"
        b"  callback = function() return {'OK', {}, '" + digest.encode() + b"'} end}\n" + body
    )
    with open(out_lua, 'wb') as file:
        file.write(source)
    with open(out_c, 'w', encoding='ascii') as file:
        file.write('#include "library.h"\n\n')
        file.write(f'static const char source[] =\n{c_string(source)};\n\n')
        file.write('const struct text library_source = {source, sizeof(source) - 1};\n')
        file.write(f'const struct text library_hash = {{"{digest}", {len(digest)}}};\n')


if __name__ == '__main__':
    main()
