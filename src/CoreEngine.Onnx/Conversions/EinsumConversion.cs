namespace CoreEngine.Onnx;

/// <summary>Sums of products in Einstein's notation: operands are joined pair by pair, each pair by one matrix product.</summary>
internal static class EinsumConversion
{
    /// <summary>A tensor with a letter for each axis.</summary>
    private sealed record Term(OnnxValue Value, string Labels);

    public static void Register(ConversionTable table) => table.Add("Einsum", c => c.Set(Convert(c)));

    private static OnnxValue Convert(NodeConversion c)
    {
        OnnxValue[] operands = c.AllInputs();
        string equation = c.Text("equation", "").Replace(" ", "", StringComparison.Ordinal);
        string[] sides = equation.Split("->");
        string[] given = sides[0].Split(',');
        if (given.Length != operands.Length || sides.Length > 2)
            throw c.Wrong($"the equation '{equation}' does not fit {operands.Length} operands");
        int behind = operands.Zip(given).Max(pair => Spread(pair.First, pair.Second));
        // The axes that three dots stand for get letters that equations cannot use.
        string dots = string.Concat(Enumerable.Range(0, behind).Select(i => (char)('\u0391' + i)));
        Term[] terms = [.. operands.Zip(given, (value, labels) => Diagonal(c, Label(c, value, labels, dots)))];
        string all = string.Concat(given.Select(labels => labels.Replace("...", "", StringComparison.Ordinal)));
        string result =
            sides.Length == 2
                ? sides[1].Replace("...", dots, StringComparison.Ordinal)
                : dots + string.Concat(all.Where(label => all.Count(other => other == label) == 1).Order());
        if (
            result.Distinct().Count() != result.Length
            || result.Any(label => !terms.Any(term => term.Labels.Contains(label)))
        )
            throw c.Wrong($"the result of the equation '{equation}' makes no sense");
        Term joined = terms[0];
        for (int i = 1; i < terms.Length; i++)
        {
            string needed = result + string.Concat(terms[(i + 1)..].Select(term => term.Labels));
            joined = Join(c, joined, terms[i], needed);
        }

        joined = Sum(c, joined, result);
        return c.Transpose(joined.Value, Order(joined.Labels, result));
    }

    private static int Spread(OnnxValue value, string labels) =>
        labels.Contains("...", StringComparison.Ordinal) ? value.Rank - (labels.Length - 3) : 0;

    private static Term Label(NodeConversion c, OnnxValue value, string labels, string dots)
    {
        int spread = Spread(value, labels);
        if (spread >= 0)
            labels = labels.Replace("...", dots[^spread..], StringComparison.Ordinal);
        return labels.Length == value.Rank
            ? new Term(value, labels)
            : throw c.Wrong($"the labels '{labels}' do not fit {value}");
    }

    private static long[] Order(string from, string to) =>
        [.. to.Select(label => (long)from.IndexOf(label, StringComparison.Ordinal))];

    /// <summary>Where a letter stands twice, only elements with equal places count.</summary>
    private static Term Diagonal(NodeConversion c, Term term)
    {
        (OnnxValue value, string labels) = term;
        for (int i = 0; i < labels.Length; i++)
        {
            int second = labels.IndexOf(labels[i], i + 1);
            if (second < 0)
                continue;
            long extent = value.Dims[i];
            if (value.Dims[second] != extent)
                throw c.Wrong($"the axes '{labels[i]}' of {value} differ");
            OnnxValue pair = c.MoveAxis(c.MoveAxis(value, second, value.Rank - 1), i, value.Rank - 1);
            long[] rest = pair.Dims[..^2];
            OnnxValue flat = c.Reshape(pair, [.. rest, extent * extent]);
            long[] places = c.New<long>(extent);
            for (int place = 0; place < places.Length; place++)
            {
                places[place] = place * (extent + 1);
            }

            value = IndexConversions.Take(c, flat, flat.Rank - 1, places);
            labels = labels.Remove(second, 1).Remove(i, 1) + labels[i];
            i = -1;
        }

        return new Term(value, labels);
    }

    /// <summary>Adds up the axes that nobody needs any more.</summary>
    private static Term Sum(NodeConversion c, Term term, string needed)
    {
        int[] axes = [.. Enumerable.Range(0, term.Labels.Length).Where(axis => !needed.Contains(term.Labels[axis]))];
        return new Term(
            c.Reduce("sum", term.Value, axes, keepDims: false),
            string.Concat(term.Labels.Where(needed.Contains))
        );
    }

    private static Term Join(NodeConversion c, Term left, Term right, string needed)
    {
        left = Sum(c, left, needed + right.Labels);
        right = Sum(c, right, needed + left.Labels);
        string shared = string.Concat(left.Labels.Where(right.Labels.Contains));
        string batch = string.Concat(shared.Where(needed.Contains));
        string summed = string.Concat(shared.Where(label => !needed.Contains(label)));
        string rows = string.Concat(left.Labels.Where(label => !shared.Contains(label)));
        string columns = string.Concat(right.Labels.Where(label => !shared.Contains(label)));
        OnnxValue a = Matrices(c, left, batch, rows, summed);
        OnnxValue b = Matrices(c, right, batch, summed, columns);
        OnnxValue product = LinearConversions.Product(c, a, b);
        long[] dims =
        [
            .. product.Dims[..batch.Length],
            .. rows.Select(label => ExtentOf(left, label)),
            .. columns.Select(label => ExtentOf(right, label)),
        ];
        return new Term(c.Reshape(product, dims), batch + rows + columns);
    }

    private static long ExtentOf(Term term, char label) =>
        term.Value.Dims[term.Labels.IndexOf(label, StringComparison.Ordinal)];

    private static OnnxValue Matrices(NodeConversion c, Term term, string batch, string rows, string columns)
    {
        OnnxValue ordered = c.Transpose(term.Value, Order(term.Labels, batch + rows + columns));
        return c.Reshape(ordered, [.. ordered.Dims[..batch.Length], Extent(rows), Extent(columns)]);

        long Extent(string labels) => labels.Aggregate(1L, (product, label) => product * ExtentOf(term, label));
    }
}
