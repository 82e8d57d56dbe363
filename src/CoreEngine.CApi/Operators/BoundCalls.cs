using System.Globalization;
using System.Runtime.InteropServices;
using CoreEngine.Operators;

namespace CoreEngine.CApi;

/// <summary>
/// Remembers the attributes that an operator was called with lately, as the bytes that C gave: a call like an earlier one
/// neither makes strings nor parses anything.
/// </summary>
internal sealed unsafe class BoundCalls(OperatorDef definition)
{
    private const int Kept = 64;
    private const uint HashStart = 2166136261;

    private readonly bool _countsInputs = definition.VariadicCount.Length > 0;
    private Call?[]? _calls;

    /// <summary>The operator with these attributes.</summary>
    internal BoundOperator Find(int inputs, int count, byte** keys, byte** values)
    {
        if (definition.RunsUserCode)
            return Parse(inputs, count, keys, values);
        if (count == 0 && !_countsInputs)
            return definition.Bind();
        Pointers.Span((nint*)keys, count, "param_keys");
        Pointers.Span((nint*)values, count, "param_vals");
        int inputsThatCount = _countsInputs ? inputs : 0;
        uint hash = Hash(inputsThatCount, count, keys, values);
        Call?[] calls = _calls ??= new Call?[Kept];
        ref Call? place = ref calls[hash % Kept];
        if (
            Volatile.Read(ref place) is { } call
            && call.Hash == hash
            && call.IsThis(inputsThatCount, count, keys, values)
        )
            return call.Operator;
        BoundOperator bound = Parse(inputs, count, keys, values);
        Volatile.Write(ref place, new Call(bound, hash, inputsThatCount, count, keys, values));
        return bound;
    }

    private BoundOperator Parse(int inputs, int count, byte** keys, byte** values)
    {
        Dictionary<string, string> attributes = Text.Attributes(keys, values, count);
        if (_countsInputs)
            attributes.TryAdd(definition.VariadicCount, inputs.ToString(CultureInfo.InvariantCulture));
        return definition.Bind(attributes);
    }

    private static uint Hash(int inputs, int count, byte** keys, byte** values)
    {
        uint hash = HashStart ^ (uint)inputs;
        for (int i = 0; i < count; i++)
        {
            hash = Hash(hash, keys[i]);
            hash = Hash(hash, values[i]);
        }

        return hash;
    }

    /// <summary>Fowler, Noll and Vo's hash 1a over a text and the zero at its end.</summary>
    private static uint Hash(uint hash, byte* text)
    {
        if (text is null)
            return hash * 31;
        do
        {
            hash = (hash ^ *text) * 16777619;
        } while (*text++ != 0);
        return hash;
    }

    private sealed class Call
    {
        private readonly int _inputs;
        private readonly byte[][] _texts;

        internal Call(BoundOperator bound, uint hash, int inputs, int count, byte** keys, byte** values)
        {
            Operator = bound;
            Hash = hash;
            _inputs = inputs;
            _texts = new byte[2 * count][];
            for (int i = 0; i < count; i++)
            {
                _texts[2 * i] = BytesOf(keys[i]).ToArray();
                _texts[(2 * i) + 1] = BytesOf(values[i]).ToArray();
            }
        }

        internal BoundOperator Operator { get; }

        internal uint Hash { get; }

        internal bool IsThis(int inputs, int count, byte** keys, byte** values)
        {
            if (inputs != _inputs || 2 * count != _texts.Length)
                return false;
            for (int i = 0; i < count; i++)
            {
                if (!IsText(keys[i], _texts[2 * i]) || !IsText(values[i], _texts[(2 * i) + 1]))
                    return false;
            }

            return true;
        }

        private static bool IsText(byte* text, byte[] kept) => text is not null && BytesOf(text).SequenceEqual(kept);

        private static ReadOnlySpan<byte> BytesOf(byte* text) =>
            MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text);
    }
}
