namespace CoreEngine.Onnx;

/// <summary>Recurrent layers, written out step by step.</summary>
/// <remarks>
/// ONNX's gates lie in another order than the engine's RNN has them, and peepholes, clipping and activations of one's
/// choice are not part of that; written out, all of them are.
/// </remarks>
internal static class RecurrentConversions
{
    public static void Register(ConversionTable table)
    {
        table.Add("RNN", c => Convert(c, gates: 1, ["Tanh"], Plain));
        table.Add("GRU", c => Convert(c, gates: 3, ["Sigmoid", "Tanh"], Gated));
        table.Add("LSTM", c => Convert(c, gates: 4, ["Sigmoid", "Tanh", "Tanh"], LongShortTerm));
    }

    /// <summary>One direction of a layer: weights without the axis of directions, and what its steps need.</summary>
    private sealed record Direction(
        long Hidden,
        OnnxValue Weights,
        OnnxValue Recurrence,
        OnnxValue InputBias,
        OnnxValue RecurrenceBias,
        OnnxValue? Peepholes,
        string[] Activations,
        double? Clip,
        bool ResetsAfter
    );

    /// <summary>From an input and states (hidden, cell) to new states.</summary>
    private delegate (OnnxValue Hidden, OnnxValue? Cell) Step(
        NodeConversion c,
        Direction d,
        OnnxValue x,
        OnnxValue hidden,
        OnnxValue? cell
    );

    private static void Convert(NodeConversion c, int gates, string[] usual, Step step)
    {
        OnnxValue x = c.Input(0);
        bool isBatchFirst = c.Flag("layout", false);
        if (isBatchFirst)
            x = c.MoveAxis(x, 0, 1);
        (long steps, long batch) = (x.Dims[0], x.Dims[1]);
        string direction = c.Text("direction", "forward");
        int directions = direction == "bidirectional" ? 2 : 1;
        bool hasCell = gates == 4;
        long hidden = c.OptionalInteger("hidden_size") ?? c.Input(2).Dims[^1];
        string[] activations =
            c.Texts("activations") ?? [.. Enumerable.Repeat(usual, directions).SelectMany(names => names)];
        if (activations.Length != usual.Length * directions)
            throw c.Wrong($"{activations.Length} activations for {directions} directions");
        if (c.Flag("input_forget", false))
            throw c.Unsupported("input_forget has no counterpart here");
        if (c.Has(4) && c.Known(4, "the lengths").ToIntegers().Any(length => length != steps))
            throw c.Unsupported("sequences of different lengths have no counterpart here");
        double? clip = c.OptionalReal("clip");
        bool resetsAfter = c.Flag("linear_before_reset", false);
        var sequences = new List<OnnxValue>();
        var lastHidden = new List<OnnxValue>();
        var lastCell = new List<OnnxValue>();
        for (int i = 0; i < directions; i++)
        {
            OnnxValue bias = Part(c, 3, i, [2 * gates * hidden], x.ElementType);
            var layer = new Direction(
                hidden,
                c.Reshape(c.SliceAxis(c.Input(1), 0, i, i + 1), gates * hidden, x.Dims[2]),
                c.Reshape(c.SliceAxis(c.Input(2), 0, i, i + 1), gates * hidden, hidden),
                c.SliceAxis(bias, 0, 0, gates * hidden),
                c.SliceAxis(bias, 0, gates * hidden, 2 * gates * hidden),
                hasCell && c.Has(7) ? Part(c, 7, i, [3 * hidden], x.ElementType) : null,
                activations[(i * usual.Length)..((i + 1) * usual.Length)],
                clip,
                resetsAfter
            );
            OnnxValue state = State(c, 5, i, isBatchFirst, batch, hidden, x.ElementType);
            OnnxValue? cell = hasCell ? State(c, 6, i, isBatchFirst, batch, hidden, x.ElementType) : null;
            bool isReverse = direction == "reverse" || i == 1;
            OnnxValue[] outputs = new OnnxValue[steps];
            for (long t = 0; t < steps; t++)
            {
                long at = isReverse ? steps - 1 - t : t;
                OnnxValue now = c.Reshape(c.SliceAxis(x, 0, at, at + 1), batch, x.Dims[2]);
                (state, cell) = step(c, layer, now, state, cell);
                outputs[at] = c.Reshape(state, 1, 1, batch, hidden);
            }

            sequences.Add(c.Concat(outputs, 0));
            lastHidden.Add(c.Reshape(state, 1, batch, hidden));
            if (cell is not null)
                lastCell.Add(c.Reshape(cell, 1, batch, hidden));
        }

        OnnxValue all = c.Concat([.. sequences], 1);
        c.Set(0, isBatchFirst ? c.Transpose(all, 2, 0, 1, 3) : all);
        c.Set(1, Last(c, lastHidden, isBatchFirst));
        if (hasCell)
            c.Set(2, Last(c, lastCell, isBatchFirst));
    }

    private static OnnxValue Last(NodeConversion c, List<OnnxValue> parts, bool isBatchFirst)
    {
        OnnxValue last = c.Concat([.. parts], 0);
        return isBatchFirst ? c.MoveAxis(last, 0, 1) : last;
    }

    /// <summary>One direction's part of an input, zeros where it is left out.</summary>
    private static OnnxValue Part(NodeConversion c, int input, int direction, long[] dims, OnnxElementType type) =>
        c.OptionalInput(input) is { } given
            ? c.Reshape(c.SliceAxis(given, 0, direction, direction + 1), dims)
            : c.Filled(0, type, dims);

    private static OnnxValue State(
        NodeConversion c,
        int input,
        int direction,
        bool isBatchFirst,
        long batch,
        long hidden,
        OnnxElementType type
    )
    {
        if (c.OptionalInput(input) is not { } given)
            return c.Filled(0, type, [batch, hidden]);
        int axis = isBatchFirst ? 1 : 0;
        return c.Reshape(c.SliceAxis(given, axis, direction, direction + 1), batch, hidden);
    }

    /// <summary>x times the weights of gates, and their bias.</summary>
    private static OnnxValue Linear(NodeConversion c, OnnxValue x, OnnxValue weights, OnnxValue bias) =>
        c.Call("FullyConnected", [x, weights, bias], ("num_hidden", NodeConversion.Number(weights.Dims[0])));

    private static OnnxValue Gate(NodeConversion c, Direction d, OnnxValue all, int gate) =>
        c.SliceAxis(all, all.Rank - 1, gate * d.Hidden, (gate + 1) * d.Hidden);

    private static OnnxValue Rows(NodeConversion c, Direction d, OnnxValue all, int first, int end) =>
        c.SliceAxis(all, 0, first * d.Hidden, end * d.Hidden);

    private static OnnxValue Activate(NodeConversion c, Direction d, int place, OnnxValue x)
    {
        if (d.Clip is { } limit)
            x = c.Map("clip", x, ("a_min", NodeConversion.Number(-limit)), ("a_max", NodeConversion.Number(limit)));
        return d.Activations[place].ToUpperInvariant() switch
        {
            "SIGMOID" => c.Map("sigmoid", x),
            "TANH" => c.Map("tanh", x),
            "RELU" => c.Map("relu", x),
            string other => throw c.Unsupported($"the activation '{other}' has no counterpart here"),
        };
    }

    private static (OnnxValue, OnnxValue?) Plain(
        NodeConversion c,
        Direction d,
        OnnxValue x,
        OnnxValue hidden,
        OnnxValue? cell
    )
    {
        OnnxValue sum = c.Add(Linear(c, x, d.Weights, d.InputBias), Linear(c, hidden, d.Recurrence, d.RecurrenceBias));
        return (Activate(c, d, 0, sum), null);
    }

    /// <summary>Gates in ONNX's order: update, reset, hidden.</summary>
    private static (OnnxValue, OnnxValue?) Gated(
        NodeConversion c,
        Direction d,
        OnnxValue x,
        OnnxValue hidden,
        OnnxValue? cell
    )
    {
        OnnxValue input = Linear(c, x, d.Weights, d.InputBias);
        OnnxValue past = Linear(c, hidden, Rows(c, d, d.Recurrence, 0, 2), Rows(c, d, d.RecurrenceBias, 0, 2));
        OnnxValue update = Activate(c, d, 0, c.Add(Gate(c, d, input, 0), Gate(c, d, past, 0)));
        OnnxValue reset = Activate(c, d, 0, c.Add(Gate(c, d, input, 1), Gate(c, d, past, 1)));
        OnnxValue weights = Rows(c, d, d.Recurrence, 2, 3);
        OnnxValue bias = Rows(c, d, d.RecurrenceBias, 2, 3);
        OnnxValue recalled = d.ResetsAfter
            ? c.Multiply(reset, Linear(c, hidden, weights, bias))
            : Linear(c, c.Multiply(reset, hidden), weights, bias);
        OnnxValue candidate = Activate(c, d, 1, c.Add(Gate(c, d, input, 2), recalled));
        OnnxValue kept = c.WithScalar("rminus", update, 1);
        return (c.Add(c.Multiply(kept, candidate), c.Multiply(update, hidden)), null);
    }

    /// <summary>Gates in ONNX's order: input, output, forget, cell.</summary>
    private static (OnnxValue, OnnxValue?) LongShortTerm(
        NodeConversion c,
        Direction d,
        OnnxValue x,
        OnnxValue hidden,
        OnnxValue? cell
    )
    {
        OnnxValue sum = c.Add(Linear(c, x, d.Weights, d.InputBias), Linear(c, hidden, d.Recurrence, d.RecurrenceBias));
        OnnxValue enter = Activate(c, d, 0, Peep(0, Gate(c, d, sum, 0), cell!));
        OnnxValue forget = Activate(c, d, 0, Peep(2, Gate(c, d, sum, 2), cell!));
        OnnxValue fresh = Activate(c, d, 1, Gate(c, d, sum, 3));
        OnnxValue next = c.Add(c.Multiply(forget, cell!), c.Multiply(enter, fresh));
        OnnxValue leave = Activate(c, d, 0, Peep(1, Gate(c, d, sum, 1), next));
        // The clip holds for what goes into gates, not for the cell.
        OnnxValue shown = Activate(c, d with { Clip = null }, 2, next);
        return (c.Multiply(leave, shown), next);

        OnnxValue Peep(int gate, OnnxValue gateSum, OnnxValue seen) =>
            d.Peepholes is null ? gateSum : c.Add(gateSum, c.Multiply(Rows(c, d, d.Peepholes, gate, gate + 1), seen));
    }
}
