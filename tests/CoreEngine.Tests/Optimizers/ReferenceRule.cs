namespace CoreEngine.Tests.Optimizers;

/// <summary>The update rules once more, in float64 and as their papers state them, for one weight.</summary>
internal sealed class ReferenceRule
{
    private readonly string _name;
    private readonly IReadOnlyDictionary<string, double> _parameters;
    private readonly double[] _states = new double[3];
    private double _product = 1;
    private int _updates;

    internal ReferenceRule(string name, IReadOnlyDictionary<string, double> parameters, double weight)
    {
        _name = name;
        _parameters = parameters;
        if (name == "dcasgd")
            _states[1] = weight;
    }

    internal double Step(double w, double gradient)
    {
        int t = ++_updates;
        double rate = P("learning_rate");
        double decay = P("wd");
        double rescaled = gradient * P("rescale_grad", 1);
        double g = Clip(rescaled);
        double decayed = Clip(rescaled + (decay * w));
        double beta1 = P("beta1");
        double beta2 = P("beta2");
        double epsilon = P("epsilon");
        ref double s0 = ref _states[0];
        ref double s1 = ref _states[1];
        ref double s2 = ref _states[2];
        switch (_name)
        {
            case "sgd":
                s0 = (P("momentum") * s0) - (rate * (g + (decay * w)));
                return w + s0;
            case "nag":
                s0 = (P("momentum") * s0) + g + (decay * w);
                return w - (rate * (g + (decay * w) + (P("momentum") * s0)));
            case "dcasgd":
                s0 = (P("momentum") * s0) - (rate * (g + (decay * w) + (P("lamda") * g * g * (w - s1))));
                s1 = w;
                return w + s0;
            case "adagrad":
                s0 += g * g;
                return w - (rate * ((g / Math.Sqrt(s0 + P("eps"))) + (decay * w)));
            case "adadelta":
                s0 = (P("rho") * s0) + ((1 - P("rho")) * g * g);
                double step = Math.Sqrt(s1 + epsilon) / Math.Sqrt(s0 + epsilon) * g;
                s1 = (P("rho") * s1) + ((1 - P("rho")) * step * step);
                return w - step - (decay * w);
            case "adam":
                s0 = (beta1 * s0) + ((1 - beta1) * decayed);
                s1 = (beta2 * s1) + ((1 - beta2) * decayed * decayed);
                double corrected = rate * Math.Sqrt(1 - Math.Pow(beta2, t)) / (1 - Math.Pow(beta1, t));
                return w - (corrected * s0 / (Math.Sqrt(s1) + epsilon));
            case "adamax":
                s0 = (beta1 * s0) + ((1 - beta1) * decayed);
                s1 = Math.Max(beta2 * s1, Math.Abs(decayed));
                return s1 == 0 ? w : w - (rate / (1 - Math.Pow(beta1, t)) * s0 / s1);
            case "nadam":
                s0 = (beta1 * s0) + ((1 - beta1) * decayed);
                s1 = (beta2 * s1) + ((1 - beta2) * decayed * decayed);
                double now = beta1 * (1 - (0.5 * Math.Pow(0.96, t * P("schedule_decay"))));
                double next = beta1 * (1 - (0.5 * Math.Pow(0.96, (t + 1) * P("schedule_decay"))));
                _product *= now;
                double ahead = ((1 - now) * decayed / (1 - _product)) + (next * s0 / (1 - (_product * next)));
                return w - (rate * ahead / (Math.Sqrt(s1 / (1 - Math.Pow(beta2, t))) + epsilon));
            case "ftml":
                s1 = (beta2 * s1) + ((1 - beta2) * decayed * decayed);
                double d = (1 - Math.Pow(beta1, t)) / rate * (Math.Sqrt(s1 / (1 - Math.Pow(beta2, t))) + epsilon);
                s2 = (beta1 * s2) + ((1 - beta1) * decayed) - ((d - (beta1 * s0)) * w);
                s0 = d;
                return -s2 / d;
            case "ftrl":
                double n = s1 + (g * g);
                s0 += g - ((Math.Sqrt(n) - Math.Sqrt(s1)) * w / rate);
                s1 = n;
                return Math.Abs(s0) <= P("lamda1")
                    ? 0
                    : ((Math.Sign(s0) * P("lamda1")) - s0) / (((P("beta") + Math.Sqrt(n)) / rate) + decay);
            case "rmsprop" when P("centered") == 0:
                s0 = (P("gamma1") * s0) + ((1 - P("gamma1")) * decayed * decayed);
                return w - (rate * decayed / Math.Sqrt(s0 + epsilon));
            case "rmsprop":
                s0 = (P("gamma1") * s0) + ((1 - P("gamma1")) * decayed * decayed);
                s1 = (P("gamma1") * s1) + ((1 - P("gamma1")) * decayed);
                s2 = (P("gamma2") * s2) - (rate * decayed / Math.Sqrt(s0 - (s1 * s1) + epsilon));
                return w + s2;
            default:
                throw new ArgumentException($"No reference for {_name}.");
        }
    }

    private double Clip(double g) =>
        _parameters.TryGetValue("clip_gradient", out double limit) ? Math.Clamp(g, -limit, limit) : g;

    private double P(string name, double otherwise = 0) =>
        _parameters.TryGetValue(name, out double value) ? value : otherwise;
}
