using System.Globalization;

namespace CoreEngine.Files;

/// <summary>
/// The header of a <c>.npy</c> file: a Python dictionary with exactly the keys <c>descr</c> (type), <c>fortran_order</c>
/// and <c>shape</c>.
/// </summary>
internal readonly record struct NpyHeader(DType DType, bool IsBigEndian, bool IsFortranOrder, Shape Shape)
{
    private const int MaxRank = 64;

    public static NpyHeader Parse(string text, CheckedReader reader) => new Parser(text, reader).Parse();

    private ref struct Parser(ReadOnlySpan<char> text, CheckedReader reader)
    {
        private ReadOnlySpan<char> _rest = text;

        public NpyHeader Parse()
        {
            DType? dtype = null;
            bool isBigEndian = false;
            bool? isFortranOrder = null;
            Shape? shape = null;
            Expect('{');
            while (!Skip('}'))
            {
                string key = Text();
                Expect(':');
                switch (key)
                {
                    case "descr" when dtype is null:
                        (dtype, isBigEndian) = Type();
                        break;
                    case "fortran_order" when isFortranOrder is null:
                        isFortranOrder = Truth();
                        break;
                    case "shape" when shape is null:
                        shape = Dims();
                        break;
                    default:
                        throw Error($"the header's key '{key}' is unknown or stands there twice");
                }

                if (!Skip(','))
                {
                    Expect('}');
                    break;
                }
            }

            if (!_rest.Trim().IsEmpty || dtype is null || isFortranOrder is null || shape is null)
            {
                throw Error("the header should hold descr, fortran_order and shape, and nothing else");
            }

            return new NpyHeader(dtype.Value, isBigEndian, isFortranOrder.Value, shape.Value);
        }

        private (DType DType, bool IsBigEndian) Type()
        {
            if (Peek() != '\'' && Peek() != '"')
            {
                throw Error("record types cannot be read; save each field as an array of its own");
            }

            string text = Text();
            bool isBigEndian = text.StartsWith('>');
            string name = text.TrimStart('<', '>', '|', '=');
            DType dtype = name switch
            {
                "f4" => DType.Float32,
                "f8" => DType.Float64,
                "f2" => DType.Float16,
                "u1" or "b1" => DType.UInt8,
                "i4" => DType.Int32,
                "i1" => DType.Int8,
                "i8" => DType.Int64,
                _ => throw Error(
                    $"the type '{text}' fits no array; convert it with astype to float32, float64, float16, uint8, "
                        + "int32, int8 or int64 before saving"
                ),
            };
            return (dtype, isBigEndian && dtype.ItemSize() > 1);
        }

        private bool Truth()
        {
            _rest = _rest.TrimStart();
            if (_rest.StartsWith("True", StringComparison.Ordinal))
            {
                _rest = _rest[4..];
                return true;
            }

            if (_rest.StartsWith("False", StringComparison.Ordinal))
            {
                _rest = _rest[5..];
                return false;
            }

            throw Error("the header's fortran_order is neither True nor False");
        }

        private Shape Dims()
        {
            Expect('(');
            var dims = new List<long>();
            while (!Skip(')'))
            {
                _rest = _rest.TrimStart();
                int digits = _rest.IndexOfAnyExceptInRange('0', '9');
                if (
                    digits <= 0
                    || dims.Count == MaxRank
                    || !long.TryParse(_rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out long dim)
                )
                {
                    throw Error("the header's shape is no list of at most 64 extents");
                }

                // Python 2 wrote long integers with an L.
                _rest = _rest[digits..].TrimStart('L');
                dims.Add(dim);
                if (!Skip(','))
                {
                    Expect(')');
                    break;
                }
            }

            return dims.Count == 0 ? [1] : new Shape([.. dims]);
        }

        private string Text()
        {
            char quote = Peek();
            if (quote is not ('\'' or '"'))
            {
                throw Error("the header should have a quoted text here");
            }

            _rest = _rest.TrimStart()[1..];
            int end = _rest.IndexOf(quote);
            if (end < 0)
            {
                throw Error("a text in the header does not end");
            }

            string text = _rest[..end].ToString();
            _rest = _rest[(end + 1)..];
            return text;
        }

        private char Peek()
        {
            ReadOnlySpan<char> rest = _rest.TrimStart();
            return rest.IsEmpty ? '\0' : rest[0];
        }

        private bool Skip(char mark)
        {
            if (Peek() != mark)
            {
                return false;
            }

            _rest = _rest.TrimStart()[1..];
            return true;
        }

        private void Expect(char mark)
        {
            if (!Skip(mark))
            {
                throw Error($"the header should have '{mark}' before '{_rest[..Math.Min(_rest.Length, 20)].Trim()}'");
            }
        }

        private readonly FileFormatException Error(string problem) => reader.Error(problem);
    }
}
