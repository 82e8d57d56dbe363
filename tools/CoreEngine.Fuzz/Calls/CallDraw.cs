using CoreEngine.Operators;

namespace CoreEngine.Fuzz;

/// <summary>Draws calls: new ones from an operator's description, and others like one that is known.</summary>
internal static class CallDraw
{
    private const int MaxRank = 6;
    private const long MaxElements = 40_000;
    private const int MaxArguments = 12;

    private static readonly CallValues[] s_values = Enum.GetValues<CallValues>();
    private static readonly CallWay[] s_ways = Enum.GetValues<CallWay>();

    private static readonly GradientRequest[] s_requests =
    [
        GradientRequest.Write,
        GradientRequest.Write,
        GradientRequest.Add,
        GradientRequest.Null,
    ];

    /// <summary>A call of an operator, drawn from its description.</summary>
    public static OperatorCall New(OperatorDef op, Random random)
    {
        var attributes = new List<KeyValuePair<string, string>>();
        foreach (ParameterInfo parameter in op.Parameters)
        {
            if (parameter.IsRequired ? random.Next(30) > 0 : random.Next(3) == 0)
            {
                attributes.Add(new(parameter.Name, ParameterDraw.Text(parameter, random)));
            }
        }

        if (op.VariadicCount.Length > 0 && !attributes.Exists(pair => pair.Key == op.VariadicCount))
        {
            attributes.Add(new(op.VariadicCount, $"{random.Next(1, 4)}"));
        }

        int count = Count(op, attributes);
        if (random.Next(40) == 0)
        {
            count += random.Next(-1, 2);
        }

        DType dtype = RandomType(random);
        Shape shape = RandomShape(random);
        bool isSparse = random.Next(6) == 0;
        var arguments = new List<CallArgument>();
        for (int i = 0; i < count; i++)
        {
            arguments.Add(
                new CallArgument(
                    random.Next(8) == 0 ? RandomType(random) : dtype,
                    random.Next(4) == 0 ? Near(shape, random) : shape,
                    s_values[random.Next(s_values.Length)],
                    s_requests[random.Next(s_requests.Length)],
                    isSparse && random.Next(2) == 0 ? RandomStorage(random) : StorageType.Default
                )
            );
        }

        var call = new OperatorCall(
            op.Name,
            s_ways[random.Next(s_ways.Length)],
            random.Next(2) == 0,
            attributes,
            arguments
        );
        return random.Next(4) == 0 ? call : Fitting(op, call);
    }

    /// <summary>A call that differs from a known one in a few places.</summary>
    public static OperatorCall Like(OperatorDef? op, OperatorCall call, Random random)
    {
        call = call with { Way = random.Next(3) == 0 ? call.Way : s_ways[random.Next(s_ways.Length)] };
        if (random.Next(3) == 0)
        {
            call = call with { IsTraining = !call.IsTraining };
        }

        for (int changes = random.Next(4); changes > 0; changes--)
        {
            call = random.Next(3) == 0 ? WithOtherAttribute(op, call, random) : WithOtherArgument(call, random);
        }

        return call;
    }

    private static OperatorCall WithOtherAttribute(OperatorDef? op, OperatorCall call, Random random)
    {
        List<KeyValuePair<string, string>> attributes = [.. call.Attributes];
        IReadOnlyList<ParameterInfo> parameters = op?.Parameters ?? [];
        switch (random.Next(10))
        {
            case 0 when attributes.Count > 0:
                attributes.RemoveAt(random.Next(attributes.Count));
                break;
            case < 5 when parameters.Count > 0:
                ParameterInfo drawn = parameters[random.Next(parameters.Count)];
                attributes.RemoveAll(pair => pair.Key == drawn.Name);
                attributes.Add(new(drawn.Name, ParameterDraw.Text(drawn, random)));
                break;
            default:
                if (attributes.Count > 0)
                {
                    int place = random.Next(attributes.Count);
                    (string name, string value) = attributes[place];
                    ParameterInfo? parameter = parameters.FirstOrDefault(one => one.Name == name);
                    attributes[place] = new(name, ParameterDraw.Instead(value, parameter, random));
                }

                break;
        }

        return call with
        {
            Attributes = attributes,
        };
    }

    private static OperatorCall WithOtherArgument(OperatorCall call, Random random)
    {
        List<CallArgument> arguments = [.. call.Arguments];
        if (arguments.Count == 0)
        {
            arguments.Add(new(RandomType(random), RandomShape(random), CallValues.Normal, GradientRequest.Write));
            return call with { Arguments = arguments };
        }

        int place = random.Next(arguments.Count);
        CallArgument argument = arguments[place];
        switch (random.Next(12))
        {
            case 0 when random.Next(4) == 0:
                arguments.RemoveAt(place);
                return call with { Arguments = arguments };
            case 1 when random.Next(4) == 0:
                arguments.Add(argument);
                return call with { Arguments = arguments };
            case 2 or 3:
                // All of a type at once: types that differ are mostly refused.
                DType other = RandomType(random);
                return call with
                {
                    Arguments =
                    [
                        .. arguments.Select(one => one.DType == argument.DType ? one with { DType = other } : one),
                    ],
                };
            case 4:
                Shape changed = Near(argument.Shape, random);
                return call with
                {
                    Arguments =
                    [
                        .. arguments.Select(one => one.Shape == argument.Shape ? one with { Shape = changed } : one),
                    ],
                };
            case 5 or 6:
                argument = argument with { Shape = Near(argument.Shape, random) };
                break;
            case 7:
                argument = argument with { DType = RandomType(random) };
                break;
            case 8:
                argument = argument with { Request = s_requests[random.Next(s_requests.Length)] };
                break;
            case 9 when random.Next(4) == 0:
                argument = argument with { Storage = RandomStorage(random) };
                break;
            default:
                argument = argument with { Values = s_values[random.Next(s_values.Length)] };
                break;
        }

        arguments[place] = argument;
        return call with { Arguments = arguments };
    }

    private static int Count(OperatorDef op, IEnumerable<KeyValuePair<string, string>> attributes)
    {
        try
        {
            int count = op.Bind(new Dictionary<string, string>(attributes)).InputCount;
            return count < 0 ? 2 : Math.Min(count, MaxArguments);
        }
        catch (OperatorException)
        {
            return op.Inputs.Length;
        }
    }

    /// <summary>The call with the shapes and types that the operator deduces from its first argument, as far as it does.</summary>
    private static OperatorCall Fitting(OperatorDef op, OperatorCall call)
    {
        int count = call.Arguments.Count;
        if (count < 2)
        {
            return call;
        }

        try
        {
            BoundOperator bound = op.Bind(new Dictionary<string, string>(call.Attributes));
            var shapes = new ShapeInference();
            var types = new TypeInference();
            shapes.Start(bound, count);
            types.Start(bound, count);
            shapes.SetInput(0, call.Arguments[0].Shape);
            types.SetInput(0, call.Arguments[0].DType);
            shapes.Apply();
            types.Apply();
            return call with
            {
                Arguments =
                [
                    .. call.Arguments.Select(
                        (argument, i) =>
                            argument with
                            {
                                DType = types.Input(i) == DType.None ? argument.DType : types.Input(i),
                                Shape =
                                    shapes.Input(i).IsKnown && IsSmall(shapes.Input(i))
                                        ? shapes.Input(i)
                                        : argument.Shape,
                            }
                    ),
                ],
            };
        }
        catch (Exception)
        {
            // Whatever is wrong with the call shows when it is made.
            return call;
        }
    }

    private static StorageType RandomStorage(Random random) =>
        random.Next(2) == 0 ? StorageType.RowSparse : StorageType.Csr;

    private static DType RandomType(Random random) =>
        random.Next(3) == 0 ? DType.Float32 : (DType)random.Next(DTypes.Count);

    private static Shape RandomShape(Random random)
    {
        long[] extents = new long[random.Next(1, MaxRank)];
        for (int i = 0; i < extents.Length; i++)
        {
            extents[i] = Extent(random);
        }

        return Limited(extents);
    }

    private static long Extent(Random random) =>
        random.Next(12) switch
        {
            0 => random.Next(8) == 0 ? random.Next(100, 10_000) : random.Next(1, 100),
            < 3 => 1,
            _ => random.Next(1, 9),
        };

    private static Shape Near(Shape shape, Random random)
    {
        List<long> extents = [.. shape.Dims];
        int place = random.Next(Math.Max(extents.Count, 1));
        switch (random.Next(7))
        {
            case 0 when extents.Count > 1:
                extents.RemoveAt(place);
                break;
            case 1 when extents.Count < MaxRank:
                extents.Insert(place, random.Next(2) == 0 ? 1 : Extent(random));
                break;
            case 2 when extents.Count > 1:
                (extents[0], extents[place]) = (extents[place], extents[0]);
                break;
            case 3 when random.Next(4) == 0:
                return RandomShape(random);
            default:
                if (extents.Count > 0)
                {
                    extents[place] =
                        random.Next(2) == 0 ? Math.Max(1, extents[place] + random.Next(-1, 2)) : Extent(random);
                }

                break;
        }

        return Limited([.. extents]);
    }

    private static bool IsSmall(Shape shape)
    {
        double elements = 1;
        foreach (long extent in shape)
        {
            elements *= extent;
        }

        return elements <= MaxElements;
    }

    private static Shape Limited(long[] extents)
    {
        var shape = new Shape(extents);
        while (!IsSmall(shape))
        {
            int largest = Array.IndexOf(extents, extents.Max());
            extents[largest] = (extents[largest] + 1) / 2;
            shape = new Shape(extents);
        }

        return shape;
    }
}
