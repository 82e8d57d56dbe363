"""The ctypes types of every function's result and parameters, read from the list of functions."""

import json
import os
from ctypes import (
    POINTER, c_bool, c_char_p, c_double, c_float, c_int, c_int64, c_size_t, c_ubyte, c_uint32, c_uint64, c_void_p)

_LIST = os.path.join(os.path.dirname(__file__), '../../../src/CoreEngine.CApi/Abi/functions.json')
_TYPES = {
    'int': c_int, 'double': c_double, 'float': c_float, 'mx_float': c_float, 'mx_uint': c_uint32, 'nn_uint': c_uint32,
    'uint32_t': c_uint32, 'int64_t': c_int64, 'dim_t': c_int64, 'uint64_t': c_uint64, 'size_t': c_size_t,
    'bool': c_bool, 'unsignedchar': c_ubyte, 'char': c_char_p}


def _type(text):
    plain = text.replace('const', '').replace(' ', '')
    name = plain.rstrip('*')
    stars = len(plain) - len(name)
    if name == 'void' and stars == 0:
        return None
    # A pointer to these has a type of its own; handles and callbacks are pointers as they stand.
    if name in ('char', 'void', 'MXCallbackList', 'LibFeature'):
        stars -= 1
    result = _TYPES.get(name, c_void_p)
    for _ in range(stars):
        result = POINTER(result)
    return result


with open(_LIST, encoding='utf-8') as _file:
    # Name: (type of the result, [(name, type) of each parameter])
    FUNCTIONS = {
        function['name']: (
            _type(function['returns']), [(one['name'], _type(one['type'])) for one in function['parameters']])
        for function in json.load(_file)}
