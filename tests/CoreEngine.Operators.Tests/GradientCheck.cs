namespace CoreEngine.Operators.Tests;

/// <summary>
/// Holds an operator's gradient against central differences in float64, for random inputs and random head gradients;
/// then checks that gradients are added where asked, and that an input without a gradient changes nothing for the others.
/// </summary>
public static class GradientCheck
{
    /// <summary>Checks one case.</summary>
    public static void Run(GradientCase one)
    {
        var random = new Random(one.Seed);
        double[][] inputs = Array.ConvertAll(one.Inputs, input => input.Draw(random));
        using var scope = new ArrayScope();
        double[][] heads = Array.ConvertAll(Forward(one, inputs, null).Arrays, a => DrawHead(a, random));
        double[][] analytic = Backward(one, inputs, heads, GradientRequest.Write);

        CompareWithDifferences(one, inputs, analytic, x => Weighted(Forward(one, x, null).Values, heads));
        CheckAddition(one, inputs, heads, analytic);
        CheckIndependence(one, inputs, heads, analytic);
        if (one.Twice)
            CheckTwice(one, inputs, heads, analytic, random);
        else if (!one.OnlyOnce)
            CheckRefusal(one, inputs, heads);
    }

    private static double[] DrawHead(NDArray output, Random random)
    {
        double[] head = new double[output.Size];
        for (int i = 0; i < head.Length; i++)
        {
            head[i] = (random.NextDouble() * 2) - 1;
        }

        return head;
    }

    private static void CompareWithDifferences(
        GradientCase one,
        double[][] inputs,
        double[][] analytic,
        Func<double[][], double> loss
    )
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            for (int j = 0; one.Inputs[i].HasGradient && j < inputs[i].Length; j++)
            {
                double numeric = Difference(inputs, inputs[i], j, one.Step, loss);
                AssertClose(one, $"gradient of input {i} at {j}", numeric, analytic[i][j], one.Tolerance);
            }
        }
    }

    private static double Difference(double[][] inputs, double[] x, int j, double step, Func<double[][], double> loss)
    {
        double before = x[j];
        x[j] = before + step;
        double above = loss(inputs);
        x[j] = before - step;
        double below = loss(inputs);
        x[j] = before;
        return (above - below) / (2 * step);
    }

    private static void CheckAddition(GradientCase one, double[][] inputs, double[][] heads, double[][] analytic)
    {
        double[][] added = Backward(one, inputs, heads, GradientRequest.Add, start: 3);
        for (int i = 0; i < inputs.Length; i++)
        {
            for (int j = 0; one.Inputs[i].HasGradient && j < inputs[i].Length; j++)
            {
                AssertClose(one, $"added gradient of input {i} at {j}", 3 + analytic[i][j], added[i][j], 1e-9);
            }
        }
    }

    private static void CheckIndependence(GradientCase one, double[][] inputs, double[][] heads, double[][] analytic)
    {
        int differentiable = one.Inputs.Count(input => input.HasGradient);
        for (int without = 0; without < inputs.Length && differentiable > 1; without++)
        {
            if (!one.Inputs[without].HasGradient)
                continue;
            double[][] others = Backward(one, inputs, heads, GradientRequest.Write, without);
            for (int i = 0; i < inputs.Length; i++)
            {
                if (i != without)
                    CollectionAssert.AreEqual(analytic[i], others[i], $"{one}: input {i} without that of {without}");
            }

            Assert.IsTrue(others[without].All(g => g == 0), $"{one}: the gradient that nobody wants was written.");
        }
    }

    /// <summary>A second derivative that does not exist is an error, not a zero.</summary>
    private static void CheckRefusal(GradientCase one, double[][] inputs, double[][] heads)
    {
        OperatorException error = Assert.ThrowsExactly<OperatorException>(
            () => BackwardTwice(one, inputs, heads, inputs),
            $"{one}"
        );
        StringAssert.Contains(error.Message, "no gradient", $"{one}");
    }

    private static void CheckTwice(
        GradientCase one,
        double[][] inputs,
        double[][] heads,
        double[][] analytic,
        Random random
    )
    {
        double[][] weights = Array.ConvertAll(inputs, x => Array.ConvertAll(x, _ => (random.NextDouble() * 2) - 1));
        (double[][] first, double[][] second) = BackwardTwice(one, inputs, heads, weights);
        int k = 0;
        double[][] used = [.. weights.Where((_, i) => one.Inputs[i].HasGradient)];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (!one.Inputs[i].HasGradient)
                continue;
            for (int j = 0; j < inputs[i].Length; j++)
            {
                AssertClose(one, $"composed gradient of input {i} at {j}", analytic[i][j], first[k][j], 1e-9);
            }

            k++;
        }

        CompareWithDifferences(
            one,
            inputs,
            second,
            x =>
                Weighted(
                    [.. Backward(one, x, heads, GradientRequest.Write).Where((_, i) => one.Inputs[i].HasGradient)],
                    used
                )
        );
    }

    private static (double[][] First, double[][] Second) BackwardTwice(
        GradientCase one,
        double[][] inputs,
        double[][] heads,
        double[][] weights
    )
    {
        using var scope = new ArrayScope();
        NDArray[] variables = MakeInputs(one, inputs);
        int[] wanted = [.. Enumerable.Range(0, inputs.Length).Where(i => one.Inputs[i].HasGradient)];
        foreach (int i in wanted)
        {
            variables[i].AttachGradient();
        }

        NDArray[] outputs;
        using (Autograd.Record(one.IsTraining))
        {
            outputs = Call(one, variables);
        }

        NDArray[] firsts = Autograd.Gradients(
            outputs,
            [.. wanted.Select(i => variables[i])],
            MakeHeads(outputs, heads),
            createGraph: true,
            training: one.IsTraining
        );
        double[][] first = Array.ConvertAll(firsts, g => g.ToDense().ToArray<double>());
        // A gradient need not depend on the inputs (that of a linear operator does not): adding the variable itself makes
        // every head one that does, and its part of the result is known.
        var sums = new NDArray[wanted.Length];
        using (Autograd.Record(one.IsTraining))
        {
            for (int k = 0; k < sums.Length; k++)
            {
                sums[k] = firsts[k] + variables[wanted[k]];
            }
        }

        Autograd.Backward(
            sums,
            [.. wanted.Select(i => NDArray.From(weights[i], variables[i].Shape))],
            training: one.IsTraining
        );
        double[][] second = Array.ConvertAll(variables, v => v.Gradient?.ToDense().ToArray<double>() ?? []);
        foreach (int i in wanted)
        {
            for (int j = 0; j < second[i].Length; j++)
            {
                second[i][j] -= weights[i][j];
            }
        }

        return (first, second);
    }

    /// <summary>The gradient of each input; zeros where it has none or <paramref name="without"/> says so.</summary>
    private static double[][] Backward(
        GradientCase one,
        double[][] inputs,
        double[][] heads,
        GradientRequest request,
        int without = -1,
        double start = 0
    )
    {
        using var scope = new ArrayScope();
        NDArray[] variables = MakeInputs(one, inputs);
        var gradients = new NDArray?[variables.Length];
        for (int i = 0; i < variables.Length; i++)
        {
            if (!one.Inputs[i].HasGradient)
                continue;
            NDArray gradient = NDArray
                .Full(variables[i].Shape, start, variables[i].DType)
                .ToStorage(one.Inputs[i].Storage);
            gradients[i] = gradient;
            Autograd.MarkVariable(variables[i], gradient, i == without ? GradientRequest.Null : request);
        }

        NDArray[] outputs = Forward(one, inputs, variables).Arrays;
        Autograd.Backward(outputs, MakeHeads(outputs, heads), training: one.IsTraining);
        return Array.ConvertAll(gradients, g => g?.ToDense().ToArray<double>() ?? []);
    }

    private static NDArray?[] MakeHeads(NDArray[] outputs, double[][] heads) =>
        [.. outputs.Select((output, i) => NDArray.From(heads[i], output.Shape))];

    /// <summary>The outputs that the gradient starts from, and their values.</summary>
    private static (NDArray[] Arrays, double[][] Values) Forward(GradientCase one, double[][] inputs, NDArray[]? arrays)
    {
        NDArray[] outputs;
        using (Autograd.Record(one.IsTraining))
        {
            outputs = Call(one, arrays ?? MakeInputs(one, inputs));
        }

        return (outputs, Array.ConvertAll(outputs, output => output.ToDense().ToArray<double>()));
    }

    private static NDArray[] Call(GradientCase one, NDArray[] arrays)
    {
        RandomState.Seed((ulong)one.Seed);
        NDArray[] all = Imperative.Invoke(one.Operator, arrays, one.Attributes);
        return one.Outputs is { } chosen ? Array.ConvertAll(chosen, i => all[i]) : all;
    }

    private static NDArray[] MakeInputs(GradientCase one, double[][] inputs)
    {
        var arrays = new NDArray[inputs.Length];
        for (int i = 0; i < arrays.Length; i++)
        {
            arrays[i] = NDArray.From(inputs[i], one.Inputs[i].Shape).ToStorage(one.Inputs[i].Storage);
        }

        return arrays;
    }

    private static double Weighted(double[][] values, double[][] weights)
    {
        double sum = 0;
        for (int i = 0; i < values.Length; i++)
        {
            for (int j = 0; j < values[i].Length; j++)
            {
                sum += values[i][j] * weights[i][j];
            }
        }

        return sum;
    }

    private static void AssertClose(GradientCase one, string what, double expected, double actual, double tolerance)
    {
        double error = Math.Abs(expected - actual);
        Assert.IsTrue(
            error <= tolerance * Math.Max(1, Math.Abs(expected)),
            $"{one}: {what} is {actual:R}; {expected:R} was expected."
        );
    }
}
