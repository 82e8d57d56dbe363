using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace CoreEngine.Operators;

/// <summary>
/// Reads the text of a <see cref="PointwiseProgram"/>. The text may come from a file that nobody vouches for: whatever it
/// holds, reading ends with a program or an error, and takes time and memory in proportion to its length.
/// </summary>
/// <remarks><code>
/// program    = { step ";" } "return" value { "," value }
/// step       = value { "," value } "=" operator "(" value { "," value } { "," attribute "=" text } ")"
/// value      = ( "x" | "t" ) number
/// text       = letters, digits and _.+- | quoted, with \ before quotes and backslashes
/// </code></remarks>
internal ref struct PointwiseProgramReader(string text, int inputCount)
{
    private const int MostCharacters = 65536;

    private readonly ReadOnlySpan<char> _text = text;
    private readonly List<PointwiseStep> _steps = [];
    private int _position;
    private readonly int _inputCount = inputCount;
    private int _values = inputCount;

    internal bool TryRead([NotNullWhen(true)] out PointwiseProgram? program, [NotNullWhen(false)] out string? error)
    {
        program = null;
        try
        {
            program = Read();
            error = null;
            return true;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or OperatorException)
        {
            error = exception.Message;
            return false;
        }
    }

    private PointwiseProgram Read()
    {
        if (_text.Length > MostCharacters)
            throw new FormatException($"the text has more than {MostCharacters} characters");
        if (_inputCount is < 1 or > PointwiseProgram.MostInputs)
            throw new FormatException($"a program has 1 to {PointwiseProgram.MostInputs} inputs");
        while (true)
        {
            ReadOnlySpan<char> word = Word();
            if (word is "return")
                break;
            if (_steps.Count == PointwiseProgram.MostSteps)
                throw new FormatException($"a program has at most {PointwiseProgram.MostSteps} steps");
            ReadStep(word);
        }

        var outputs = new List<int> { ValueOf(Word(), _values) };
        while (Take(','))
        {
            outputs.Add(ValueOf(Word(), _values));
            if (outputs.Count > _values)
                throw Unexpected("fewer outputs");
        }

        if (_position < _text.Length)
            throw Unexpected("the end");
        return new PointwiseProgram(_inputCount, _steps.ToArray(), outputs.ToArray());
    }

    private void ReadStep(ReadOnlySpan<char> firstResult)
    {
        int results = 1;
        CheckResult(firstResult, _values);
        while (Take(','))
        {
            CheckResult(Word(), _values + results++);
        }

        Expect('=');
        string name = Word().ToString();
        if (!OperatorRegistry.Default.TryGet(name, out OperatorDef? definition))
            throw new FormatException($"there is no operator '{name}'");
        Expect('(');
        var arguments = new List<int>();
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        do
        {
            ReadOnlySpan<char> word = Word();
            if (Take('='))
            {
                if (!attributes.TryAdd(word.ToString(), AttributeValue()))
                    throw new FormatException($"'{word}' of {name} is there twice");
            }
            else if (attributes.Count > 0 || arguments.Count == PointwiseProgram.MostArguments)
            {
                throw Unexpected("an attribute");
            }
            else
            {
                arguments.Add(ValueOf(word, _values));
            }
        } while (Take(','));
        Expect(')');
        Expect(';');
        BoundOperator op = definition.Bind(attributes);
        if (op.OutputCount != results)
            throw new FormatException($"{name} has {op.OutputCount} outputs, not {results}");
        _steps.Add(new PointwiseStep(op, arguments.ToArray()));
        _values += results;
    }

    private readonly void CheckResult(ReadOnlySpan<char> word, int value)
    {
        if (ValueOf(word, value + 1) != value)
            throw new FormatException($"'{word}' is out of order: the next result is t{value - _inputCount}");
    }

    /// <summary>The number of the value that a word such as x0 or t3 names.</summary>
    private readonly int ValueOf(ReadOnlySpan<char> word, int count)
    {
        if (
            word.Length is < 2 or > 5
            || word[0] is not ('x' or 't')
            || !int.TryParse(word[1..], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        )
        {
            throw new FormatException($"'{word}' names no value; values are x0, x1 ... and t0, t1 ...");
        }

        int value = word[0] == 'x' ? number : _inputCount + number;
        bool exists = word[0] == 'x' ? number < _inputCount : value < count;
        return exists ? value : throw new FormatException($"there is no value '{word}' yet");
    }

    private ReadOnlySpan<char> Word()
    {
        SkipSpace();
        int start = _position;
        while (_position < _text.Length && PointwiseProgramWriter.IsPlain(_text[_position]))
        {
            _position++;
        }

        return _position > start ? _text[start.._position] : throw Unexpected("a word");
    }

    private string AttributeValue()
    {
        if (!Take('"'))
            return Word().ToString();
        var value = new StringBuilder();
        while (_position < _text.Length && _text[_position] != '"')
        {
            if (_text[_position] == '\\')
                _position++;
            if (_position < _text.Length)
                value.Append(_text[_position++]);
        }

        if (_position == _text.Length)
            throw Unexpected("a closing quote");
        _position++;
        return value.ToString();
    }

    private void SkipSpace()
    {
        while (_position < _text.Length && _text[_position] == ' ')
        {
            _position++;
        }
    }

    private bool Take(char c)
    {
        SkipSpace();
        if (_position == _text.Length || _text[_position] != c)
            return false;
        _position++;
        return true;
    }

    private void Expect(char c)
    {
        if (!Take(c))
            throw Unexpected($"'{c}'");
    }

    private readonly FormatException Unexpected(string expected) =>
        new($"expected {expected} at character {_position}");
}
