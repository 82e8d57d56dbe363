using CoreEngine.Operators;

namespace CoreEngine;

public sealed partial class NDArray
{
    /// <summary>An array of zeros.</summary>
    public static NDArray Zeros(Shape shape, DType dtype = DType.Float32, Device? device = null) =>
        Full(shape, 0, dtype, device);

    /// <summary>An array of ones.</summary>
    public static NDArray Ones(Shape shape, DType dtype = DType.Float32, Device? device = null) =>
        Full(shape, 1, dtype, device);

    /// <summary>An array with one value everywhere.</summary>
    public static NDArray Full(Shape shape, double value, DType dtype = DType.Float32, Device? device = null)
    {
        var array = new NDArray(shape, dtype, device);
        array.Fill(value);
        return array;
    }

    /// <summary>Overwrites every element, asynchronously.</summary>
    public void Fill(double value)
    {
        RequireDense(nameof(Fill));
        BoundOperator fill = OperatorRegistry
            .Default["_full"]
            .Bind(
                new InitParameters
                {
                    Shape = Shape.Dims.ToArray(),
                    DType = DType,
                    Value = value,
                }
            );
        Tape.CheckOutputs(fill, [this]);
        Dispatcher.Run(fill, [], [this], requests: default, isTraining: false);
    }

    /// <summary>The numbers from <paramref name="start"/> below <paramref name="stop"/>, <paramref name="step"/> apart.</summary>
    public static NDArray Arange(
        double start,
        double stop,
        double step = 1,
        DType dtype = DType.Float32,
        Device? device = null
    )
    {
        double count = Math.Ceiling((stop - start) / step);
        if (!(count >= 1))
            throw new EngineException($"Arange: from {start} to {stop} in steps of {step} there are no numbers.");
        var array = new NDArray(new Shape((long)count), dtype, device);
        BoundOperator arange = OperatorRegistry
            .Default["_arange"]
            .Bind(
                new ArangeParameters
                {
                    Start = start,
                    Stop = stop,
                    Step = step,
                    DType = dtype,
                }
            );
        Dispatcher.Run(arange, [], [array], requests: default, isTraining: false);
        return array;
    }

    /// <summary>An array with a copy of these values.</summary>
    /// <param name="values">Row-major values, as many as the shape has elements.</param>
    /// <param name="shape">The shape; one dimension when not given.</param>
    /// <param name="device">Where it shall live.</param>
    /// <exception cref="EngineException">The number of values does not fit the shape.</exception>
    public static NDArray From<T>(ReadOnlySpan<T> values, Shape shape = default, Device? device = null)
        where T : unmanaged
    {
        var array = new NDArray(shape.Rank == 0 ? new Shape(values.Length) : shape, DTypes.Of<T>(), device);
        array.CopyFrom(values);
        return array;
    }

    /// <summary>An array with a copy of these values.</summary>
    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, Shape, Device?)"/>
    public static NDArray From<T>(T[] values, Shape shape = default, Device? device = null)
        where T : unmanaged => From((ReadOnlySpan<T>)values, shape, device);

    /// <summary>Random numbers, evenly distributed in [low, high).</summary>
    public static NDArray RandomUniform(
        double low,
        double high,
        Shape shape,
        DType dtype = DType.Float32,
        Device? device = null
    ) =>
        Random("_random_uniform", new UniformParameters { Low = (float)low, High = (float)high }, shape, dtype, device);

    /// <summary>Normally distributed random numbers.</summary>
    public static NDArray RandomNormal(
        double mean,
        double deviation,
        Shape shape,
        DType dtype = DType.Float32,
        Device? device = null
    ) =>
        Random(
            "_random_normal",
            new NormalParameters { Loc = (float)mean, Scale = (float)deviation },
            shape,
            dtype,
            device
        );

    private static NDArray Random(string name, SampleParameters parameters, Shape shape, DType dtype, Device? device)
    {
        parameters.Shape = shape.Dims.ToArray();
        parameters.DType = dtype;
        var array = new NDArray(shape, dtype, device);
        BoundOperator op = OperatorRegistry.Default[name].Bind(parameters);
        Dispatcher.Run(op, [], [array], requests: default, isTraining: false);
        return array;
    }
}
