namespace CoreEngine.Kernels.Tests;

/// <summary>Recurrent layers straight from their formulas, in float64, one number after the other.</summary>
internal sealed class RecurrentReference
{
    private readonly RecurrentShape _shape;
    private readonly double[] _parameters;

    public RecurrentReference(RecurrentShape shape, double[] parameters)
    {
        _shape = shape;
        _parameters = parameters;
    }

    public double[] Result { get; private set; } = [];

    public double[] FinalState { get; private set; } = [];

    public double[] FinalCell { get; private set; } = [];

    public void Run(double[] x, double[] state, double[] cell, double[]? masks)
    {
        (int steps, int batch, int units) = ((int)_shape.Steps, (int)_shape.Batch, (int)_shape.Units);
        (int layers, int directions) = ((int)_shape.Layers, (int)_shape.Directions);
        int gates = (int)_shape.Gates;
        FinalState = new double[state.Length];
        FinalCell = new double[state.Length];
        int inputs = (int)_shape.Inputs;
        int weights = 0;
        int biases = (int)_shape.ParameterSize - (layers * directions * 2 * gates * units);
        for (int layer = 0; layer < layers; layer++)
        {
            if (layer > 0 && masks is not null)
            {
                int first = (layer - 1) * x.Length;
                x = [.. x.Select((value, i) => value * masks[first + i])];
            }

            double[] y = new double[steps * batch * directions * units];
            for (int d = 0; d < directions; d++)
            {
                int recurrent = weights + (gates * units * inputs);
                int index = (layer * directions) + d;
                for (int n = 0; n < batch; n++)
                {
                    int place = ((index * batch) + n) * units;
                    double[] h = state[place..(place + units)];
                    double[] c = cell[place..(place + units)];
                    for (int step = 0; step < steps; step++)
                    {
                        int t = d == 0 ? step : steps - 1 - step;
                        double[] from = x[(((t * batch) + n) * inputs)..((((t * batch) + n) * inputs) + inputs)];
                        double[] input = Affine(weights, biases, from);
                        double[] own = Affine(recurrent, biases + (gates * units), h);
                        Advance(input, own, h, c);
                        h.CopyTo(y, (((t * batch) + n) * directions * units) + (d * units));
                    }

                    h.CopyTo(FinalState, place);
                    c.CopyTo(FinalCell, place);
                }

                weights = recurrent + (gates * units * units);
                biases += 2 * gates * units;
            }

            x = y;
            inputs = directions * units;
        }

        Result = x;
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private double[] Affine(int weights, int bias, double[] x)
    {
        double[] y = new double[_shape.Gates * _shape.Units];
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = _parameters[bias + i];
            for (int j = 0; j < x.Length; j++)
            {
                y[i] += _parameters[weights + (i * x.Length) + j] * x[j];
            }
        }

        return y;
    }

    private void Advance(double[] input, double[] own, double[] h, double[] c)
    {
        int units = h.Length;
        for (int u = 0; u < units; u++)
        {
            double Sum(int gate) => input[(gate * units) + u] + own[(gate * units) + u];
            switch (_shape.Mode)
            {
                case RecurrentMode.Relu:
                    h[u] = Math.Max(Sum(0), 0);
                    break;
                case RecurrentMode.Tanh:
                    h[u] = Math.Tanh(Sum(0));
                    break;
                case RecurrentMode.Lstm:
                    c[u] = (Sigmoid(Sum(1)) * c[u]) + (Sigmoid(Sum(0)) * Math.Tanh(Sum(2)));
                    h[u] = Sigmoid(Sum(3)) * Math.Tanh(c[u]);
                    break;
                default:
                    double reset = Sigmoid(Sum(0));
                    double update = Sigmoid(Sum(1));
                    double candidate = Math.Tanh(input[(2 * units) + u] + (reset * own[(2 * units) + u]));
                    h[u] = ((1 - update) * candidate) + (update * h[u]);
                    break;
            }
        }
    }
}
