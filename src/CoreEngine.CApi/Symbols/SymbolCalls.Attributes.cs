namespace CoreEngine.CApi;

/// <content>Names and attributes.</content>
internal static unsafe partial class SymbolCalls
{
    private const string NodeSeparator = "$";

    internal static void MXSymbolGetName(nint symbol, byte** @out, int* success)
    {
        string? name = Handles.Symbol(symbol, nameof(symbol)).Name;
        Give(ReturnBuffers.Nn, name, @out, success);
    }

    internal static void MXSymbolGetAttr(nint symbol, byte* key, byte** @out, int* success)
    {
        string? value = Handles.Symbol(symbol, nameof(symbol)).Attribute(Text.Read(key, nameof(key)));
        Give(ReturnBuffers.Mx, value, @out, success);
    }

    internal static void NNSymbolGetAttr(nint symbol, byte* key, byte** @out, int* success)
    {
        string? value = Handles.Symbol(symbol, nameof(symbol)).Attribute(Text.Read(key, nameof(key)));
        Give(ReturnBuffers.Nn, value, @out, success);
    }

    internal static void MXSymbolSetAttr(nint symbol, byte* key, byte* value) =>
        SetAttribute(
            Handles.SymbolSlot(symbol, nameof(symbol)),
            Text.Read(key, nameof(key)),
            Text.Read(value, nameof(value))
        );

    internal static void NNSymbolSetAttrs(nint symbol, uint numParam, byte** keys, byte** values)
    {
        SymbolHandle slot = Handles.SymbolSlot(symbol, nameof(symbol));
        foreach ((string key, string value) in Text.Attributes(keys, values, numParam))
        {
            SetAttribute(slot, key, value);
        }
    }

    internal static void MXSymbolListAttr(nint symbol, uint* outSize, byte*** @out)
    {
        var texts = new List<string>();
        foreach (
            (string node, IReadOnlyDictionary<string, string> attributes) in Handles
                .Symbol(symbol, nameof(symbol))
                .ListAllAttributes()
        )
        {
            foreach ((string key, string value) in attributes)
            {
                texts.Add($"{node}{NodeSeparator}{key}");
                texts.Add(value);
            }
        }

        GivePairs(ReturnBuffers.Mx, texts, outSize, @out);
    }

    internal static void MXSymbolListAttrShallow(nint symbol, uint* outSize, byte*** @out)
    {
        var texts = new List<string>();
        foreach ((string key, string value) in Handles.Symbol(symbol, nameof(symbol)).ListAttributes())
        {
            texts.Add(key);
            texts.Add(value);
        }

        GivePairs(ReturnBuffers.Mx, texts, outSize, @out);
    }

    internal static void NNSymbolListAttrs(nint symbol, int recursiveOption, uint* outSize, byte*** @out)
    {
        if (recursiveOption == 0)
            MXSymbolListAttr(symbol, outSize, @out);
        else
            MXSymbolListAttrShallow(symbol, outSize, @out);
    }

    // Nodes never change, apart from what is noted on them: a call with another name or parameter is another node, and
    // takes the old one's place behind this handle only.
    private static void SetAttribute(SymbolHandle slot, string key, string value)
    {
        if (slot.Symbol.IsAnnotation(key))
            slot.Symbol.SetAttribute(key, value);
        else
            slot.Symbol = slot.Symbol.WithAttribute(key, value);
    }

    private static void Give(ReturnBuffers buffers, string? value, byte** @out, int* success)
    {
        Pointers.Require(@out, nameof(@out));
        Pointers.Require(success, nameof(success));
        *@out = value is null ? null : buffers.Text(value);
        *success = value is null ? 0 : 1;
    }

    private static void GivePairs(ReturnBuffers buffers, List<string> texts, uint* outSize, byte*** @out)
    {
        Pointers.Require(outSize, "out_size");
        Pointers.Require(@out, nameof(@out));
        *@out = buffers.Texts(texts);
        *outSize = (uint)texts.Count / 2;
    }
}
